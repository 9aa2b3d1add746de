"""Makes answers of authenticators, honest and dishonest, and has three other servers judge them: tests/it/passkey_vectors.rs
compares the verdicts with ours. tests/fixtures/passkeys/README.md says how to run it.

    python tests/tools/passkey_vectors.py FOLDER_OF_NODE_MODULES >tests/fixtures/passkeys/vectors.json
"""

import hashlib
import json
import pathlib
import struct
import subprocess
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from fido2 import cbor, cose
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData, CollectedClientData, PublicKeyCredentialRpEntity
import webauthn

RP_ID = "example.com"
ORIGINS = ["https://example.com", "https://app.example.com:8443"]
CHALLENGE = websafe_encode(bytes(range(16)))
OTHER_CHALLENGE = websafe_encode(bytes(range(1, 17)))
HANDLE = bytes(range(100, 112))
UP, UV, BE, BS, AT, ED = 1, 4, 8, 16, 64, 128
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DOMAIN_HASH = hashlib.sha256(RP_ID.encode()).digest()


class Es256:
    def __init__(self, curve=None, algorithm=None):
        self.private = ec.generate_private_key(curve or ec.SECP256R1())
        numbers = self.private.public_key().public_numbers()
        size = (self.private.curve.key_size + 7) // 8
        number = {"secp256r1": 1, "secp384r1": 2, "secp521r1": 3}[self.private.curve.name]
        x, y = numbers.x.to_bytes(size), numbers.y.to_bytes(size)
        self.cose = {1: 2, 3: algorithm or -7, -1: number, -2: x, -3: y}

    def sign(self, message):
        return self.private.sign(message, ec.ECDSA(hashes.SHA256()))


class Ed25519:
    def __init__(self):
        self.private = ed25519.Ed25519PrivateKey.generate()
        self.cose = {1: 1, 3: -8, -1: 6, -2: self.private.public_key().public_bytes_raw()}

    def sign(self, message):
        return self.private.sign(message)


class Rs256:
    def __init__(self, bits=2048, algorithm=-257):
        self.private = rsa.generate_private_key(65537, bits)
        modulus = self.private.public_key().public_numbers().n.to_bytes(bits // 8)
        self.cose = {1: 3, 3: algorithm, -1: modulus, -2: b"\x01\x00\x01"}

    def sign(self, message):
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def client_data(kind, **changes):
    said = {"type": kind, "challenge": CHALLENGE, "origin": ORIGINS[0], "crossOrigin": False}
    said.update(changes)
    return json.dumps({key: value for key, value in said.items() if value is not ...}, separators=(",", ":")).encode()


def said_by(flags, count=1, credential=b"", rest=b"", rp=DOMAIN_HASH):
    return rp + struct.pack(">BI", flags, count) + credential + rest


CREDENTIAL_ID = bytes(range(200, 216))


def credential(key, id=CREDENTIAL_ID, aaguid=bytes(16), length=None):
    encoded = key if isinstance(key, bytes) else cbor.encode(key)
    return aaguid + struct.pack(">H", len(id) if length is None else length) + id + encoded


vectors = []


def create(name, key=None, flags=UP | UV | AT, data=None, said=None, object=None, statement=None, format="none", encoded=None, rp=DOMAIN_HASH,
           count=1, rest=b"", id=CREDENTIAL_ID, length=None):
    key = key or Es256()
    data = client_data("webauthn.create") if data is None else data
    said = said_by(flags, count, credential(encoded or key.cose, id, length=length) if flags & AT else b"", rest, rp) if said is None else said
    if object is None:
        object = cbor.encode({"fmt": format, "attStmt": statement or {}, "authData": said})
    elif callable(object):
        object = object(said)
    vectors.append({"name": name, "kind": "create", "client_data": websafe_encode(data), "attestation_object": websafe_encode(object), "credential_id": websafe_encode(id)})


def get(name, key=None, flags=UP | UV, data=None, count=2, rest=b"", rp=DOMAIN_HASH, sign=None, handle=HANDLE, said=None, presented=None, was_flags=UP | UV | AT,
        stored=None):
    key = key or Es256()
    data = client_data("webauthn.get") if data is None else data
    said = said_by(flags, count, rest=rest, rp=rp) if said is None else said
    message = said + hashlib.sha256(data).digest()
    signature = (sign or (lambda key, message: key.sign(message)))(key, message)
    shown, shown_data = presented(said, data) if presented else (said, data)
    vectors.append({"name": name, "kind": "get", "client_data": websafe_encode(shown_data), "authenticator_data": websafe_encode(shown), "signature": websafe_encode(signature),
                    "user_handle": handle if handle is None else websafe_encode(handle), "credential_id": websafe_encode(CREDENTIAL_ID),
                    "public_key": websafe_encode(cbor.encode(stored or key.cose)), "sign_count": 1, "is_synced": bool(was_flags & BE)})


def raw(encoded):
    r, s = utils.decode_dss_signature(encoded)
    return r.to_bytes(32) + s.to_bytes(32)


def high(encoded):
    r, s = utils.decode_dss_signature(encoded)
    return utils.encode_dss_signature(r, max(s, N - s))


def changed(pairs):
    """A key with other values; a value of ... takes one away."""
    key = dict(Es256().cose)
    key.update(pairs)
    return {label: value for label, value in key.items() if value is not ...}


C, G = "webauthn.create", "webauthn.get"
for kind, make, word in [("new", create, C), ("login", get, G)]:
    base = UP | UV | (AT if make is create else 0)
    for name, key in [("es256", Es256()), ("ed25519", Ed25519()), ("rs256", Rs256())]:
        make(f"{kind}: {name}", key)
    make(f"{kind}: the other origin", data=client_data(word, origin=ORIGINS[1]))
    make(f"{kind}: nothing said of frames", data=client_data(word, crossOrigin=...))
    make(f"{kind}: more in the client data", data=client_data(word, other_keys_can_be_added_here="do not compare clientDataJSON against a template"))
    make(f"{kind}: extensions", flags=base | ED, rest=cbor.encode({"credProtect": 3}))
    make(f"{kind}: synced", flags=base | BE | BS, **({"was_flags": UP | UV | AT | BE} if make is get else {}))
    make(f"{kind}: does not count", count=0)
    make(f"{kind}: counts far", count=0xFFFFFFFF)
    make(f"{kind}: spaces and another order in the client data", data=json.dumps({"crossOrigin": False, "origin": ORIGINS[0], "challenge": CHALLENGE, "type": word}).encode())
    # Whose page.
    for name, origin in [("another site", "https://evil.example"), ("a site below", "https://evil.example.com"), ("a site that ends alike", "https://notexample.com"),
                         ("a site that begins alike", "https://example.com.evil.example"), ("another port", "https://example.com:444"), ("no https", "http://example.com"),
                         ("a slash after the origin", "https://example.com/"), ("a capital letter in the origin", "https://Example.com"), ("no origin", ""),
                         ("an app", "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0")]:
        make(f"{kind}: {name}", data=client_data(word, origin=origin))
    make(f"{kind}: origin left out", data=client_data(word, origin=...))
    make(f"{kind}: in a frame of another site", data=client_data(word, crossOrigin=True))
    make(f"{kind}: a top origin", data=client_data(word, topOrigin="https://evil.example"))
    make(f"{kind}: in a frame of a top origin", data=client_data(word, crossOrigin=True, topOrigin="https://evil.example"))
    # What it answers.
    make(f"{kind}: another challenge", data=client_data(word, challenge=OTHER_CHALLENGE))
    make(f"{kind}: no challenge", data=client_data(word, challenge=""))
    make(f"{kind}: a padded challenge", data=client_data(word, challenge=CHALLENGE + "=="))
    make(f"{kind}: a shorter challenge", data=client_data(word, challenge=CHALLENGE[:-4]))
    make(f"{kind}: challenge left out", data=client_data(word, challenge=...))
    make(f"{kind}: the other type", data=client_data(G if word == C else C))
    make(f"{kind}: another type", data=client_data("payment.get"))
    make(f"{kind}: type left out", data=client_data(word, type=...))
    make(f"{kind}: client data is no JSON", data=b"\xff\xfe")
    make(f"{kind}: client data is a list", data=b"[]")
    make(f"{kind}: two origins", data=client_data(word, origin=ORIGINS[0])[:-1] + b',"origin":"https://evil.example"}')
    make(f"{kind}: client data goes on", data=client_data(word) + b"{}")
    # What the authenticator says.
    make(f"{kind}: another relying party", rp=hashlib.sha256(b"evil.example").digest())
    make(f"{kind}: nobody there", flags=base & ~UP)
    make(f"{kind}: nobody verified", flags=base & ~UV)
    make(f"{kind}: backed up without may", flags=base | BS)
    make(f"{kind}: a byte more", rest=b"\x00")
    make(f"{kind}: extensions promised", flags=base | ED)
    make(f"{kind}: extensions are no map", flags=base | ED, rest=b"\x01")
    make(f"{kind}: extensions not promised", rest=cbor.encode({"credProtect": 3}))
    make(f"{kind}: cut short", said=said_by(base)[:36])
    make(f"{kind}: nothing said", said=b"")

# Keys.
create("new: es384", Es256(ec.SECP384R1(), -35))
create("new: ps256", Rs256(algorithm=-37))
create("new: rs1", Rs256(algorithm=-65535))
create("new: another curve", encoded=Es256(ec.SECP384R1(), -7).cose)
create("new: not on the curve", encoded=changed({-3: bytes([1] * 32)}))
create("new: short coordinate", encoded=changed({-2: bytes(31)}))
create("new: long coordinate", encoded=changed({-2: bytes(33)}))
create("new: compressed point", encoded=changed({-3: True}))
create("new: no curve", encoded=changed({-1: ...}))
create("new: no algorithm", encoded=changed({3: ...}))
create("new: no kind of key", encoded=changed({1: ...}))
create("new: kind of key of another algorithm", encoded=changed({1: 3}))
create("new: ed25519 key short", encoded={1: 1, 3: -8, -1: 6, -2: bytes(31)})
create("new: ed25519 on another curve", encoded={1: 1, 3: -8, -1: 7, -2: bytes(57)})
create("new: rsa of 1024 bits", Rs256(1024))
create("new: rsa without a modulus", encoded={1: 3, 3: -257, -1: b"", -2: b"\x01\x00\x01"})
create("new: rsa exponent of one", encoded={**Rs256().cose, -2: b"\x01"})
create("new: key is no map", encoded=cbor.encode([1, 2]))
create("new: key cut short", encoded=cbor.encode(Es256().cose)[:-1])
create("new: two values of one label", encoded=b"\xa6" + cbor.encode(Es256().cose)[1:] + b"\x03\x26")
# Credentials.
create("new: no credential", flags=UP | UV)
create("new: long id", id=bytes(range(1, 256)) * 4)
create("new: id of 1023 bytes", id=b"\x07" * 1023)
create("new: id of 1024 bytes", id=b"\x07" * 1024)
create("new: no id", id=b"")
create("new: id longer than all", length=0xFFFF)
# The object around it.
create("new: object goes on", object=lambda said: cbor.encode({"fmt": "none", "attStmt": {}, "authData": said}) + b"\x00")
create("new: object cut short", object=lambda said: cbor.encode({"fmt": "none", "attStmt": {}, "authData": said})[:-1])
create("new: object is no map", object=lambda said: cbor.encode([said]))
create("new: nothing of the authenticator", object=lambda said: cbor.encode({"fmt": "none", "attStmt": {}}))
create("new: no format", object=lambda said: cbor.encode({"attStmt": {}, "authData": said}))
create("new: no statement", object=lambda said: cbor.encode({"fmt": "none", "authData": said}))
create("new: statement where none is", statement={"alg": -7, "sig": b"\x00"})
create("new: authenticator's part is a text", object=lambda said: cbor.encode({"fmt": "none", "attStmt": {}, "authData": "x"}))
create("new: indefinite lengths", object=lambda said: b"\xbf" + cbor.encode("fmt") + cbor.encode("none") + cbor.encode("attStmt") + b"\xa0" + cbor.encode("authData") + cbor.encode(said) + b"\xff")

# Signatures.
get("login: another key's signature", sign=lambda key, message: Es256().sign(message))
get("login: no signature", sign=lambda key, message: b"")
get("login: signature of something else", sign=lambda key, message: key.sign(message + b"x"))
get("login: signature not in DER", sign=lambda key, message: raw(key.sign(message)))
get("login: high s", sign=lambda key, message: high(key.sign(message)))
get("login: signature goes on", sign=lambda key, message: key.sign(message) + b"\x00")
get("login: r and s are zero", sign=lambda key, message: utils.encode_dss_signature(0, 0))
get("login: r and s are the order", sign=lambda key, message: utils.encode_dss_signature(N, N))
get("login: sha-384", sign=lambda key, message: key.private.sign(message, ec.ECDSA(hashes.SHA384())))
get("login: ed25519 of another key", Ed25519(), sign=lambda key, message: Ed25519().sign(message))
get("login: ed25519 cut short", Ed25519(), sign=lambda key, message: key.sign(message)[:-1])
get("login: ed25519 of zeros", Ed25519(), sign=lambda key, message: bytes(64))
get("login: rs256 of another key", Rs256(), sign=lambda key, message: Rs256().sign(message))
get("login: rs256 as pss", Rs256(), sign=lambda key, message: key.private.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()))
get("login: rs256 with sha-1", Rs256(), sign=lambda key, message: key.private.sign(message, padding.PKCS1v15(), hashes.SHA1()))
get("login: rs256 of zeros", Rs256(), sign=lambda key, message: bytes(256))
get("login: counter changed afterwards", presented=lambda said, data: (said[:-1] + b"\x63", data))
get("login: flags changed afterwards", flags=UP, presented=lambda said, data: (said[:32] + bytes([UP | UV]) + said[33:], data))
get("login: relying party changed afterwards", rp=hashlib.sha256(b"evil.example").digest(), presented=lambda said, data: (DOMAIN_HASH + said[32:], data))
get("login: origin changed afterwards", data=client_data(G, origin="https://evil.example"), presented=lambda said, data: (said, client_data(G)))
get("login: challenge changed afterwards", data=client_data(G, challenge=OTHER_CHALLENGE), presented=lambda said, data: (said, client_data(G)))
get("login: a space more afterwards", presented=lambda said, data: (said, data + b" "))
get("login: may be on several devices all at once", flags=UP | UV | BE)
get("login: may not be on several devices any more", was_flags=UP | UV | AT | BE)
get("login: another account's handle", handle=bytes(12))
get("login: no handle", handle=None)
get("login: key of another algorithm stored", stored={**Es256().cose, 3: -35})


def judged_by_webauthn(vector):
    response = {"clientDataJSON": vector["client_data"]}
    answer = {"id": vector["credential_id"], "rawId": vector["credential_id"], "type": "public-key", "response": response}
    common = {"expected_challenge": websafe_decode(CHALLENGE), "expected_rp_id": RP_ID, "expected_origin": ORIGINS, "require_user_verification": True}
    if vector["kind"] == "create":
        response["attestationObject"] = vector["attestation_object"]
        webauthn.verify_registration_response(credential=answer, **common)
    else:
        response.update(authenticatorData=vector["authenticator_data"], signature=vector["signature"], userHandle=vector["user_handle"])
        key = websafe_decode(vector["public_key"])
        webauthn.verify_authentication_response(credential=answer, credential_public_key=key, credential_current_sign_count=0, **common)


def judged_by_fido2(vector):
    server = Fido2Server(PublicKeyCredentialRpEntity(name="x", id=RP_ID), verify_origin=lambda origin: origin in ORIGINS)
    state = {"challenge": CHALLENGE, "user_verification": "required"}
    response = {"clientDataJSON": vector["client_data"]}
    answer = {"id": vector["credential_id"], "rawId": vector["credential_id"], "type": "public-key", "response": response}
    if vector["kind"] == "create":
        response["attestationObject"] = vector["attestation_object"]
        key = server.register_complete(state, answer).credential_data.public_key
        if key.get(3) not in (-8, -7, -257):
            raise ValueError("not asked for")
    else:
        response.update(authenticatorData=vector["authenticator_data"], signature=vector["signature"], userHandle=vector["user_handle"])
        key = cose.CoseKey.parse(cbor.decode(websafe_decode(vector["public_key"])))
        known = AttestedCredentialData.create(bytes(16), websafe_decode(vector["credential_id"]), key)
        server.authenticate_complete(state, [known], answer)


def verdict(judge, vector):
    try:
        judge(vector)
        return True
    except Exception:
        return False


asked = {"rp_id": RP_ID, "origins": ORIGINS, "challenge": CHALLENGE, "owner": HANDLE.hex(), "vectors": vectors}
judge = pathlib.Path(__file__).with_name("passkey_judge.mjs")
third = subprocess.run(["node", judge, sys.argv[1]], input=json.dumps(asked), capture_output=True, text=True, check=True)
for vector, third in zip(vectors, json.loads(third.stdout)):
    vector["accepted_by"] = [name for name, accepts in [("webauthn", verdict(judged_by_webauthn, vector)), ("fido2", verdict(judged_by_fido2, vector)),
                                                        ("simplewebauthn", third)] if accepts]
head, _, _ = json.dumps({**asked, "vectors": []}).rpartition("]")
print(head + "\n" + ",\n".join(json.dumps(vector) for vector in vectors) + "\n]}")
