// A certified OpenID provider for the tests: npm's oidc-provider on a port of its own, whose pages nobody has to press.
// It prints its issuer, and ends when its standard input is closed. Whoever logs in is whom `PUT /test/person` named last.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/package.json`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

let person = { sub: "1" };
const people = new Map();
const server = createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "regstack", client_secret: process.argv[3], redirect_uris: JSON.parse(process.argv[4]), grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["test"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => people.get(sub) ?? { sub } }),
  pkce: { required: () => true },
});

async function press(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person.sub, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId: person.sub }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
server.on("request", async (request, response) => {
  if (request.url === "/test/person") {
    let text = "";
    for await (const part of request) {
      text += part;
    }
    person = JSON.parse(text);
    people.set(person.sub, person);
    response.end();
  } else if (request.url.startsWith("/interaction/")) {
    await press(request, response).catch((failure) => response.writeHead(500).end(String(failure)));
  } else {
    answer(request, response);
  }
});
process.stdin.on("end", () => process.exit()).resume();
console.log(issuer);
