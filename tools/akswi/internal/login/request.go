package login

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
)

// requestPipelineToken asks the pipeline for a token, as GitHub Actions documents it
// (https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect).
// azidentity has such a request for Azure Pipelines only.
func (c chooser) requestPipelineToken(ctx context.Context) (string, error) {
	address, err := url.Parse(c.requestURL.value)
	if err != nil {
		return "", fmt.Errorf("%s is no URL", c.requestURL.from)
	}
	query := address.Query()
	query.Set("audience", cmp.Or(c.audience.value, azure.AudiencePublic))
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", err
	}
	bearer, err := c.Settings.open(c.requestToken)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Accept", "application/json")
	res, err := cmp.Or(c.HTTP, http.DefaultClient).Do(req)
	if err != nil {
		return "", fmt.Errorf("request a federated token at %s: %w", c.requestURL.from, err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("read the federated token of %s: %w", c.requestURL.from, err)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if res.StatusCode/100 != 2 || json.Unmarshal(body, &answer) != nil || answer.Value == "" {
		// The body is not quoted, because it may hold the token.
		return "", fmt.Errorf("%s answered %s without a token", c.requestURL.from, res.Status)
	}
	return answer.Value, nil
}
