// Package regstack tells an application whose request it answers. Sessions are verified with the published keys of a regstack
// server, or by asking the server each time. It needs nothing but the standard library: copy the folder into your program.
package regstack

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// ErrUnavailable says that the server cannot be asked: whether a token is good is not known.
var ErrUnavailable = errors.New("regstack cannot be asked")

var errRefused = errors.New("not a session")

// The longest token that the server looks at, in bytes.
const longestToken = 4096

// Session is what is known of a session. The last four are there if token_claims names them, and always if the server is asked.
type Session struct {
	Account       string `json:"sub"`
	ID            string `json:"sid"`
	Issuer        string `json:"iss"`
	Audience      string `json:"aud"`
	Expires       int64  `json:"exp"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name"`
	Admin         bool   `json:"admin"`
}

// Sessions finds out whose request it is. Make it with Verify or with Introspect.
type Sessions struct {
	server string
	// Of returns the session of a token, or an error if there is none; ErrUnavailable if that is not known.
	Of func(token string) (Session, error)
}

// Protect calls next for people with a session. Others are led to the login page, and from there back to where they were;
// programs get 401.
func (s Sessions) Protect(next func(http.ResponseWriter, *http.Request, Session)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if cookie, err := r.Cookie("regstack_session"); token == "" && err == nil {
			token = cookie.Value
		}
		session, err := Session{}, errRefused
		if token != "" && len(token) <= longestToken {
			session, err = s.Of(token)
		}
		switch {
		case err == nil:
			next(w, r, session)
		case errors.Is(err, ErrUnavailable):
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			here := "http://" + r.Host + r.RequestURI // "https://" where that is how people come.
			http.Redirect(w, r, s.server+"/account/login?next="+url.QueryEscape(here), http.StatusSeeOther)
		default:
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "log in first", http.StatusUnauthorized)
		}
	})
}
