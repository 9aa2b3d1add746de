// What somebody writes with a client made from /openapi.json. It must pass the type checker, and do what it says.
import { createHmac } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [origin, email, password] = process.argv.slice(2) as [string, string, string];
const api = createClient<paths>({ baseUrl: origin });

function assert(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

// A refusal is told apart by its code, and a fault by its field.
const wrong = await api.POST("/api/auth/login", { body: { email, password: "wrong" } });
assert(wrong.error?.code === "invalid_credentials", "a wrong password is refused");
const sentence: string = wrong.error.detail;
assert(sentence.length > 0, "a refusal has a sentence");
// @ts-expect-error: there is no such code
void (wrong.error.code === "no_such_code");

const invalid = await api.POST("/api/auth/register", { body: { email: "not an address", password: "short" } });
assert(invalid.error?.code === "validation_error", "a bad request is refused");
const fields: string[] = invalid.error.detail.map((fault) => fault.loc.join("."));
assert(fields.join() === "body.email,body.password", `the faulty fields are named, not ${fields}`);

// A registration that waits has a status; an account has none.
const registered = await api.POST("/api/auth/register", { body: { email: "grace@example.com", password } });
assert(registered.data && "status" in registered.data, "the registration waits");
const waits: "pending_verification" = registered.data.status;
assert(waits === "pending_verification", waits);

// A login answers with a token, a cookie, or the wait for a code.
const login = await api.POST("/api/auth/login", { body: { email, password } });
assert(login.data, "logs in");
// @ts-expect-error: only one of the three has a token
void login.data.access_token;
assert("token_type" in login.data, "no code is asked for");
assert(login.data.token_type === "bearer", "the session is a token");
const headers = { Authorization: `Bearer ${login.data.access_token}` };

const me = await api.GET("/api/auth/me", { headers });
assert(me.data?.email === email, "the account is mine");
const phone: string | null = me.data.phone_number;
assert(phone === null, "null stands for what is absent");

const named = await api.PATCH("/api/auth/me", { headers, body: { full_name: "Ada Lovelace" } });
assert(named.data?.full_name === "Ada Lovelace", "the name changes");

const users = await api.GET("/api/auth/admin/users", { headers, params: { query: { limit: 1 } } });
assert(users.data?.items.length === 1, "lists users");
const next: string | null = users.data.next;
assert(next === null, "there is one user");

const deny = await api.DELETE("/api/auth/admin/users/{user_id}", { headers, params: { path: { user_id: me.data.id } } });
assert(deny.error?.code === "last_superuser", "the last administrator stays");

const code: components["schemas"]["ErrorCode"] = deny.error.code;
assert(code, "a code has a type of its own");

// Where this account is logged in, and a session that goes on.
const sessions = await api.GET("/api/auth/sessions", { headers, params: { query: { limit: 10 } } });
assert(sessions.data?.items[0]?.is_current, "the session lists itself");
const renewed = await api.POST("/api/auth/session/renew", { headers });
assert(renewed.data?.token_type === "bearer", "the session is renewed");
const longer: string = renewed.data.access_token;
assert(longer, "with a new token");

// A program asks with its key. Only a token that is alive says whose it is.
const made = await api.POST("/api/auth/admin/service-keys", { headers, body: { name: "shop", scope: "introspect" } });
assert(made.data, "makes a service key");
const ask = (token: string) =>
  api.POST("/api/auth/introspect", {
    headers: { Authorization: `Bearer ${made.data.key}`, "Content-Type": "application/x-www-form-urlencoded" },
    body: { token },
    bodySerializer: (body) => new URLSearchParams({ token: body.token }).toString(),
  });
const alive = await ask(login.data.access_token);
assert(alive.data, "the key may ask");
// @ts-expect-error: a dead token is nobody's
void alive.data.sub;
assert(alive.data.active, "the token is alive");
const whose: string = alive.data.sub;
assert(whose === me.data.id, "the token is mine");
const dead = await ask("no token");
assert(dead.data?.active === false, "anything else is dead");
const passes = await api.GET("/api/auth/forward-auth", { headers: { ...headers, "X-Forwarded-Method": "GET" } });
assert(passes.data?.message, "a proxy may let me through");

// The code that an authenticator app shows (RFC 6238).
function shows(secret: string, seconds: number): string {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const digest = createHmac("sha1", Buffer.from(bytes.map((byte) => parseInt(byte, 2)))).update(counter).digest();
  const number = digest.readUInt32BE(digest.readUInt8(19) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

// A second factor, set up; then a login that waits for one, and names those that it takes.
assert(me.data.last_login, "the login was noticed");
const now = Date.parse(me.data.last_login) / 1000;
const started = await api.POST("/api/auth/mfa/totp/start", { headers, body: { current_password: password } });
assert(started.data, "an app can be set up");
const proof = { pending_token: started.data.pending_token, code: shows(started.data.secret, now) };
const on = await api.POST("/api/auth/mfa/totp/confirm", { body: proof });
const recovery: string | undefined = on.data?.recovery_codes?.[0];
assert(on.data?.is_mfa_enabled && recovery, "recovery codes come with the first factor");

const waiting = await api.POST("/api/auth/login", { body: { email, password } });
assert(waiting.data && "status" in waiting.data, "the login waits");
const mfa: "mfa_required" = waiting.data.status;
const methods: ("totp" | "sms" | "recovery_code")[] = waiting.data.methods;
assert(mfa && methods.join() === "totp,recovery_code", `takes ${methods}`);
const { mfa_pending_token } = waiting.data;
const guess = await api.POST("/api/auth/login/mfa-confirm", { body: { mfa_pending_token, code: "00000-00000", method: "recovery_code" } });
assert(guess.error?.code === "wrong_code", `a wrong code is refused, not ${guess.error?.code}`);
const second = await api.POST("/api/auth/login/mfa-confirm", { body: { mfa_pending_token, code: recovery, method: "recovery_code" } });
assert(second.data?.token_type === "bearer", "a recovery code logs in");
const factors = await api.GET("/api/auth/mfa", { headers });
const left: number | undefined = factors.data?.recovery_codes_left;
assert(left === 9, `nine codes are left, not ${left}`);
const removed = await api.DELETE("/api/auth/mfa/totp", { headers, body: { current_password: password } });
assert(removed.data?.message, "the app is removed");

const out = await api.POST("/api/auth/logout", { headers });
assert(out.data?.message, "logs out");
const gone = await api.GET("/api/auth/me", { headers });
assert(gone.error?.code === "not_authenticated", "the session is over");
