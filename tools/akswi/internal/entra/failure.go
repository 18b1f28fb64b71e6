package entra

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Failure is Entra's refusal of a token request.
type Failure struct {
	// Code explains the AADSTS number. Its Number is zero when Entra gave none.
	Code Code
	// Text is the first sentence of Entra's description, without trace and correlation ids; never
	// empty.
	Text string
	// Status of the HTTP response; zero when the answer came without one.
	Status int
}

var number = regexp.MustCompile(`AADSTS(\d{4,9})`)

// FromError returns Entra's answer that is in an error of azidentity. Ok is false when Entra did
// not answer at all (network, name resolution, proxy, context), which tells nothing about the
// chain.
func FromError(err error) (f Failure, ok bool) {
	if err == nil {
		return Failure{}, false
	}
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		return fromResponse(failed.RawResponse), true
	}
	// MSAL wraps the answer of the tenant's discovery endpoint in plain text, with the code in it.
	text := err.Error()
	if m := number.FindStringSubmatchIndex(text); m != nil {
		return newFailure(atoi(text[m[2]:m[3]]), text[m[0]:], 0), true
	}
	return Failure{}, false
}

// fromResponse returns the failure that a response of the token endpoint describes.
func fromResponse(res *http.Response) Failure {
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
	}
	raw, err := runtime.Payload(res)
	if err != nil || json.Unmarshal(raw, &body) != nil {
		return Failure{Text: "HTTP " + strconv.Itoa(res.StatusCode) + " without a body that can be read", Status: res.StatusCode}
	}
	n := 0
	if m := number.FindStringSubmatch(body.Description); m != nil {
		n = atoi(m[1])
	} else if len(body.Codes) > 0 {
		n = body.Codes[0]
	}
	text := cmp.Or(body.Description, strings.TrimSpace("HTTP "+strconv.Itoa(res.StatusCode)+" "+body.Error))
	return newFailure(n, text, res.StatusCode)
}

// newFailure returns the failure with a code, or 0, and the first sentence of a description.
func newFailure(n int, text string, status int) Failure {
	code, _ := Lookup(n)
	// The description continues with trace id, correlation id and time, each on its own line;
	// MSAL's wrapping escapes the line ends.
	for _, end := range []string{"\r", "\n", `\r`, `\n`, " Trace ID:"} {
		text, _, _ = strings.Cut(text, end)
	}
	return Failure{Code: code, Text: strings.TrimSpace(text), Status: status}
}

// atoi returns the number of digits that the regular expression has bounded to nine.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
