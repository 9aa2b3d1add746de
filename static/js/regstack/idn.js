// Email addresses as people write them: xn--mller-kva.example is müller.example (RFC 3492, RFC 5891).
//
// Only where nobody could be deceived: the letters of a label are of one script, and not all of them look like Latin ones.

const [BASE, LEAST, MOST, SKEW, DAMP, BIAS, FIRST] = [36, 1, 26, 38, 700, 72, 128];
const SCRIPTS = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai", "Hangul", "Armenian", "Georgian", "Bengali", "Tamil"]
  .map((script) => new RegExp(`^[\\p{Script=${script}}\\p{M}0-9-]+$`, "u"))
  .concat(/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー0-9-]+$/u);
const LATIN_ALIKE = /^[асԁеһіјӏорԛѕԝхуьгпмтнквɡαγικνορτυχ0-9-]+$/u;

function adapt(delta, length, isFirst) {
  let [rest, rounds] = [Math.floor(delta / (isFirst ? DAMP : 2)), 0];
  rest += Math.floor(rest / length);
  for (; rest > ((BASE - LEAST) * MOST) / 2; rounds += BASE) {
    rest = Math.floor(rest / (BASE - LEAST));
  }
  return rounds + Math.floor(((BASE - LEAST + 1) * rest) / (rest + SKEW));
}

function decode(code) {
  const end = code.lastIndexOf("-");
  const letters = [...code.slice(0, Math.max(end, 0))];
  let [at, point, bias] = [0, FIRST, BIAS];
  for (let index = end + 1; index < code.length; ) {
    const before = at;
    for (let [weight, step] = [1, BASE]; ; step += BASE) {
      const digit = parseInt(code[index++], BASE);
      // Punycode counts a to z, then 0 to 9; parseInt the other way round.
      const value = digit < 10 ? digit + 26 : digit - 10;
      at += value * weight;
      const limit = Math.min(Math.max(step - bias, LEAST), MOST);
      if (!(value >= limit)) {
        break;
      }
      weight *= BASE - limit;
    }
    bias = adapt(at - before, letters.length + 1, before === 0);
    point += Math.floor(at / (letters.length + 1));
    at %= letters.length + 1;
    letters.splice(at, 0, String.fromCodePoint(point));
    at += 1;
  }
  return letters.join("");
}

function labelOf(label) {
  try {
    const text = decode(label.slice("xn--".length));
    const isHonest = SCRIPTS.some((script) => script.test(text)) && !LATIN_ALIKE.test(text);
    // The browser must make the same of it again, or it is something else than it seems.
    return isHonest && new URL(`http://${text}`).hostname === label ? text : label;
  } catch {
    return label;
  }
}

/** An email address with its domain as people write it. */
export const readable = (email) => email?.replace(/(?<=[@.])xn--[a-z0-9-]+/g, labelOf);
