package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// http sends the step's request and compares status, headers and body.
func (r *replay) http(s Step) ([]Field, error) {
	req, err := r.request(s.HTTP)
	if err != nil {
		return nil, err
	}
	resp, err := r.transport.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var body any
	if len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &body); err != nil {
			body = string(text)
		}
	}
	if m, ok := body.(map[string]any); ok {
		r.known[s.Name] = &known{outputs: propertyMap(m)}
	}
	if s.Want, err = r.expandAnswer(s.Want); err != nil {
		return nil, err
	}
	at := s.Name + "."
	var out []Field
	if s.Want.Status != 0 {
		out = match(at+"status", s.Want.Status, resp.StatusCode, out)
	}
	for name, want := range s.Want.Headers {
		out = match(at+"headers."+name, want, header(resp.Header, name), out)
	}
	if s.Want.Body != nil {
		out = match(at+"body", s.Want.Body, body, out)
	}
	for path, want := range s.Want.Has {
		out = match(at+"body."+path, want, bodyField(body, path), out)
	}
	return out, nil
}

// request returns the HTTP request with the deployer's token for the host.
func (r *replay) request(h *Request) (*http.Request, error) {
	var body io.Reader = http.NoBody
	if h.Body != nil {
		text, err := json.Marshal(h.Body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(r.ctx, h.Method, h.URL, body)
	if err != nil {
		return nil, err
	}
	if h.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, v := range h.Headers {
		req.Header.Set(name, v)
	}
	if _, own := h.Headers["Authorization"]; own {
		return req, nil
	}
	token, err := r.login.Credential.GetToken(r.ctx, policy.TokenRequestOptions{Scopes: []string{scope(req.URL.Hostname())}})
	if err != nil {
		return nil, fmt.Errorf("token for %s: %w", req.URL.Host, err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Token)
	return req, nil
}

// scope returns the scope of tokens for a host.
func scope(host string) string {
	switch {
	case strings.HasSuffix(host, ".vault.azure.net"):
		return "https://vault.azure.net/.default"
	case strings.HasSuffix(host, ".blob.core.windows.net"):
		return "https://storage.azure.com/.default"
	}
	return "https://" + host + "/.default"
}

func header(h http.Header, name string) any {
	if v := h.Get(name); v != "" {
		return v
	}
	return absentValue{}
}

// bodyField returns the field of a body at a path such as properties.provisioningState.
func bodyField(body any, path string) any {
	m, ok := body.(map[string]any)
	if !ok {
		return absentValue{}
	}
	return lookup(answer{outputs: propertyMap(m)}, "outputs."+path)
}
