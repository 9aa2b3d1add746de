// What browsers do with passkeys (Web Authentication): the API's words turned into theirs, and theirs into the API's.

import { Refusal } from "./refusal.js";
import { request } from "./request.js";
import { SESSION, write } from "./session.js";

export const isSupported = () => Boolean(window.PublicKeyCredential && navigator.credentials);

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What a browser's refusal means: mostly it only says that nothing came of it. */
function refusal({ name }) {
  return new Refusal({ code: name === "InvalidStateError" ? "passkey_taken" : "no_passkey" });
}

/** Makes a passkey; what of it the API wants. */
export async function create(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) })),
  };
  const { response } = await navigator.credentials.create({ publicKey }).catch((failure) => Promise.reject(refusal(failure)));
  return { client_data_json: text(response.clientDataJSON), attestation_object: text(response.attestationObject) };
}

/** Signs a challenge with a passkey; nothing comes of it where `signal` says so before somebody has chosen one. */
export async function sign(options, { mediation = "optional", signal } = {}) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.allowCredentials) {
    publicKey.allowCredentials = options.allowCredentials.map((known) => ({ ...known, id: bytes(known.id) }));
  }
  let chosen;
  try {
    chosen = await navigator.credentials.get({ publicKey, mediation, signal });
  } catch (failure) {
    if (signal?.aborted) {
      return null;
    }
    throw refusal(failure);
  }
  const { rawId, response } = chosen;
  return {
    credential_id: text(rawId),
    client_data_json: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle?.byteLength && { user_handle: text(response.userHandle) }),
  };
}

/** Logs in with a passkey; nothing comes of it where `signal` says so before somebody has chosen one. */
export async function logIn(how = {}) {
  const { pending_token, public_key } = await request("POST", "/login/passkey/start");
  const signed = await sign(public_key, how);
  if (!signed) {
    return null;
  }
  try {
    return await request("POST", "/login/passkey/finish", { pending_token, ...signed });
  } catch (failure) {
    throw failure.code === "invalid_token" ? new Refusal({ code: "passkey_late" }) : failure;
  }
}

/** Whoever is logged in proves again who they are, by a passkey: the page goes on with the new session. */
export async function proveAgain() {
  const { access_token } = await logIn();
  if (access_token) {
    write("localStorage", SESSION, access_token);
  }
}
