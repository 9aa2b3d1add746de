// An application whose routes are for people with a regstack session, verified with the published keys.

import cookieParser from "cookie-parser";
import express from "express";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const REGSTACK = process.env.REGSTACK_URL ?? "http://127.0.0.1:8000";
const audience = process.env.REGSTACK_AUDIENCE; // your jwt_audience, if you set one

const app = express();
app.use(cookieParser());

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", REGSTACK), { cacheMaxAge: 300_000 });

async function session(request, response, next) {
  const token = request.get("authorization")?.replace("Bearer ", "") ?? request.cookies.regstack_session ?? "";
  const checks = { algorithms: ["EdDSA", "ES256"], issuer: REGSTACK, audience, clockTolerance: 10 };
  const refuse = (error) => { throw Object.assign(error, { status: error instanceof errors.JOSEError ? 401 : 503 }); };
  request.session = (await jwtVerify(token, keys, checks).catch(refuse)).payload;
  next();
}

app.get("/orders", session, (request, response) => response.json({ orders_of: request.session.sub }));

// People go to the login page, and from there back to where they were. Programs get the 401.
app.use((error, request, response, next) => {
  if (error.status !== 401) return next(error);
  const here = `${request.protocol}://${request.get("host")}${request.originalUrl}`;
  if (request.method === "GET" && request.get("accept")?.includes("text/html")) {
    return response.redirect(303, `${REGSTACK}/account/login?next=${encodeURIComponent(here)}`);
  }
  response.status(401).set("www-authenticate", "Bearer").json({ detail: "Log in first." });
});

const server = app.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
