// Says what @simplewebauthn/server thinks of each of the vectors on the standard input. Called by passkey_vectors.py.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { verifyRegistrationResponse, verifyAuthenticationResponse } = createRequire(`${process.argv[2]}/`)("@simplewebauthn/server");
const { rp_id, origins, challenge, vectors } = JSON.parse(readFileSync(0, "utf8"));
const common = { expectedChallenge: challenge, expectedOrigin: origins, expectedRPID: rp_id, requireUserVerification: true };
const verdicts = [];
for (const vector of vectors) {
  const response = {
    clientDataJSON: vector.client_data,
    attestationObject: vector.attestation_object,
    authenticatorData: vector.authenticator_data,
    signature: vector.signature,
    userHandle: vector.user_handle ?? undefined,
  };
  const answer = { id: vector.credential_id, rawId: vector.credential_id, type: "public-key", clientExtensionResults: {}, response };
  try {
    if (vector.kind === "create") {
      const asked = { ...common, response: answer, supportedAlgorithmIDs: [-8, -7, -257] };
      verdicts.push((await verifyRegistrationResponse(asked)).verified);
    } else {
      const credential = { id: vector.credential_id, publicKey: Buffer.from(vector.public_key, "base64url"), counter: 0 };
      verdicts.push((await verifyAuthenticationResponse({ ...common, response: answer, credential })).verified);
    }
  } catch {
    verdicts.push(false);
  }
}
process.stdout.write(JSON.stringify(verdicts));
