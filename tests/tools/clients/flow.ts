// What somebody writes with a client made from /openapi.json. It must pass the type checker, and do what it says.
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

const out = await api.POST("/api/auth/logout", { headers });
assert(out.data?.message, "logs out");
const gone = await api.GET("/api/auth/me", { headers });
assert(gone.error?.code === "not_authenticated", "the session is over");
