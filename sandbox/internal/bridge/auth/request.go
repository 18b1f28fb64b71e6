package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// audience is the one that Entra expects in a federated token.
const audience = "api://AzureADTokenExchange"

// request asks a pipeline for a token, as GitHub Actions documents it for jobs with the permission
// id-token: https://docs.github.com/actions/reference/openid-connect-reference. The runner is on
// the machine of the command or near it, so that the request goes neither to Azure nor through the
// sandbox's proxy.
func request(ctx context.Context, address, bearer string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("the address of the pipeline's tokens (ACTIONS_ID_TOKEN_REQUEST_URL): %w", err)
	}
	query := u.Query()
	query.Set("audience", audience)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("request of the pipeline's token: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return "", fmt.Errorf("request of the pipeline's token: %w", err)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if res.StatusCode != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.Value == "" {
		// The body is not quoted, because it may hold the token.
		return "", fmt.Errorf("the pipeline answered the request of a token with %s and no token", res.Status)
	}
	return answer.Value, nil
}
