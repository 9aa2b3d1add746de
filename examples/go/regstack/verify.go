package regstack

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	keepKeys  = 5 * time.Minute  // As long as the server lets anybody keep them.
	askAgain  = 30 * time.Second // Unknown keys in tokens make no more requests than this.
	tolerance = 10 * time.Second // Clocks differ.
)

// Verify verifies tokens with the published keys of the server at this address (its base_url), which needs jwt_algorithm to be
// EdDSA or ES256. An audience is what jwt_audience says; "" for none. A token is good until it expires.
func Verify(server, audience string) Sessions {
	v := &verifier{server: server, audience: audience, client: http.Client{Timeout: 5 * time.Second}}
	return Sessions{server: server, Of: v.verify}
}

type verifier struct {
	server, audience string
	client           http.Client

	lock   sync.Mutex
	keys   map[string]jwk
	readAt time.Time // When the keys were read.
	nextAt time.Time // Before this they are not read again because of an unknown one.
}

type jwk struct {
	Kid, Alg, Kty, Crv, X, Y string
}

// verify returns what a token says if it is a session of the server that has not expired.
func (v *verifier) verify(token string) (Session, error) {
	var header struct {
		Alg, Kid string
		Crit     json.RawMessage
	}
	var claims struct {
		Purpose string
		Session
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 || decode(parts[0], &header) != nil || header.Crit != nil {
		return Session{}, errRefused
	}
	key, err := v.key(header.Kid)
	if err != nil {
		return Session{}, err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	// The key says which algorithm it is for. What the token says only has to agree.
	if err != nil || header.Alg != key.Alg || !key.signed(parts[0]+"."+parts[1], signature) {
		return Session{}, errRefused
	}
	if decode(parts[1], &claims) != nil || claims.Purpose != "session" || claims.Account == "" ||
		claims.Issuer != v.server || claims.Audience != v.audience ||
		time.Now().After(time.Unix(claims.Expires, 0).Add(tolerance)) {
		return Session{}, errRefused
	}
	return claims.Session, nil
}

// key returns the key of this name; the keys are read anew when they are old, or when it is not among them.
func (v *verifier) key(kid string) (jwk, error) {
	v.lock.Lock()
	defer v.lock.Unlock()
	key, known := v.keys[kid]
	now := time.Now()
	isOld := now.Sub(v.readAt) > keepKeys
	if (isOld || !known) && now.After(v.nextAt) {
		if err := v.read(now); err != nil && v.keys == nil {
			return key, fmt.Errorf("%w: %v", ErrUnavailable, err)
		}
		key, known = v.keys[kid]
	}
	if !known {
		return key, errRefused
	}
	return key, nil
}

func (v *verifier) read(now time.Time) error {
	v.nextAt = now.Add(time.Second)
	answer, err := v.client.Get(v.server + "/.well-known/jwks.json")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	var set struct{ Keys []jwk }
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, 1<<20)).Decode(&set); err != nil {
		return err
	}
	v.keys = map[string]jwk{}
	for _, key := range set.Keys {
		v.keys[key.Kid] = key
	}
	v.readAt, v.nextAt = now, now.Add(askAgain)
	return nil
}

// signed tells whether the key made this signature.
func (key jwk) signed(message string, signature []byte) bool {
	x, errX := base64.RawURLEncoding.DecodeString(key.X)
	y, errY := base64.RawURLEncoding.DecodeString(key.Y)
	if errX != nil || errY != nil {
		return false
	}
	switch {
	case key.Alg == "EdDSA" && key.Crv == "Ed25519":
		return len(x) == ed25519.PublicKeySize && ed25519.Verify(x, []byte(message), signature)
	case key.Alg == "ES256" && key.Crv == "P-256" && len(signature) == 64:
		public := ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
		digest := sha256.Sum256([]byte(message))
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return public.Curve.IsOnCurve(public.X, public.Y) && ecdsa.Verify(&public, digest[:], r, s)
	}
	return false
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
