package entra

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Failure is Entra's refusal.
type Failure struct {
	// Code explains the AADSTS number. Its Number is zero when Entra gave none.
	Code Code
	// Text is the first sentence of Entra's description, without trace and correlation ids; never empty.
	Text string
	// Status of the HTTP response; zero when the answer came without one.
	Status int
}

var number = regexp.MustCompile(`AADSTS(\d{4,9})`)

// FromError finds Entra's answer in an error of azidentity. Ok is false when Entra did not answer at all (network, name
// resolution, proxy, context), which says nothing about the chain.
func FromError(err error) (f Failure, ok bool) {
	if err == nil {
		return Failure{}, false
	}
	var failed *azidentity.AuthenticationFailedError
	if errors.As(err, &failed) && failed.RawResponse != nil {
		return fromResponse(failed.RawResponse), true
	}
	// MSAL wraps the answer of the tenant's discovery endpoint in plain text; the code is there all the same.
	text := err.Error()
	if m := number.FindStringSubmatchIndex(text); m != nil {
		return describe(atoi(text[m[2]:m[3]]), text[m[0]:], 0), true
	}
	return Failure{}, false
}

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
	text := body.Description
	if text == "" {
		text = strings.TrimSpace("HTTP " + strconv.Itoa(res.StatusCode) + " " + body.Error)
	}
	return describe(n, text, res.StatusCode)
}

func describe(n int, text string, status int) Failure {
	code, _ := Lookup(n)
	// The description goes on with trace id, correlation id and time, each on its own line; MSAL's wrapping escapes them.
	for _, end := range []string{"\r", "\n", `\r`, `\n`, " Trace ID:"} {
		text, _, _ = strings.Cut(text, end)
	}
	return Failure{Code: code, Text: strings.TrimSpace(text), Status: status}
}

// atoi reads digits that a regular expression has bounded to nine.
func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
