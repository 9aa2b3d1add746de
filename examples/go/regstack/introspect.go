package regstack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Introspect asks the server at this address (its base_url) about every token, by RFC 7662. The key is a service key with the
// scope introspect. A logout or a disabled account counts with the next request, under every jwt_algorithm.
func Introspect(server, serviceKey string) Sessions {
	i := &introspector{endpoint: server + "/api/auth/introspect", key: serviceKey}
	// As many connections are kept as requests may be under way.
	i.client = http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	return Sessions{server: server, Of: i.ask}
}

type introspector struct {
	endpoint, key string
	client        http.Client
}

func (i *introspector) ask(token string) (Session, error) {
	form := strings.NewReader(url.Values{"token": {token}}.Encode())
	request, err := http.NewRequest(http.MethodPost, i.endpoint, form)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %v", ErrUnavailable, err)
	}
	request.Header.Set("Authorization", "Bearer "+i.key)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := i.client.Do(request)
	if err != nil {
		return Session{}, fmt.Errorf("%w: %v", ErrUnavailable, err)
	}
	defer answer.Body.Close()
	// A 401 is about the service key, not about the person.
	if answer.StatusCode != http.StatusOK {
		return Session{}, fmt.Errorf("%w: introspection answers %s", ErrUnavailable, answer.Status)
	}
	var told struct {
		Active bool `json:"active"`
		Session
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<16)).Decode(&told); err != nil {
		return Session{}, fmt.Errorf("%w: %v", ErrUnavailable, err)
	}
	if !told.Active {
		return Session{}, errRefused
	}
	return told.Session, nil
}
