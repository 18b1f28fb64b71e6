// Package login signs in to Azure with whatever a deployment signs in with: the methods of the
// azure-native provider in its order, and the service connections of Azure Pipelines. The Azure
// SDK's azidentity has the methods; which of them is used, and why, is decided here, because its
// DefaultAzureCredential reads other variables than the provider and would act as somebody else.
package login

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Options configure Choose.
type Options struct {
	Settings Settings
	// Client holds cloud, transport and retries of the requests to Entra.
	Client azcore.ClientOptions
	// TenantID is the tenant to sign in to where no setting names one.
	TenantID string
	// SDKEnvironment also takes AZURE_CLIENT_ID and its like, which the Azure SDKs read and the
	// azure-native provider does not. A check of what the provider will do leaves it out.
	SDKEnvironment bool
	// HTTP requests OIDC tokens of a pipeline; nil is http.DefaultClient.
	HTTP *http.Client
}

// Login is the chosen way to sign in. It is an azcore.TokenCredential whose errors tell what was
// chosen.
type Login struct {
	// Method in words, such as "a client secret".
	Method string
	// Because names the setting that decided, such as "ARM_CLIENT_SECRET is set".
	Because string
	// ClientID, TenantID and SubscriptionID are the configured ones; "" where the login itself
	// knows them.
	ClientID, TenantID, SubscriptionID string
	// CLI reports that the Azure CLI has the login.
	CLI bool

	credential azcore.TokenCredential
}

// GetToken implements azcore.TokenCredential.
func (l *Login) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := l.credential.GetToken(ctx, o)
	if err != nil {
		return token, &Failed{Method: l.Method, Because: l.Because, Err: err}
	}
	return token, nil
}

// Subscription returns the id of the configured subscription, else that of the Azure CLI, else "".
func (l *Login) Subscription(ctx context.Context) (string, error) {
	if l.SubscriptionID != "" || !l.CLI {
		return l.SubscriptionID, nil
	}
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "az", "account", "show", "--query", "id", "--output", "tsv")
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("`az account show`: %s", strings.TrimSpace(problems.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

// Failed tells which login Entra, or what gives the federated token, has refused.
type Failed struct {
	Method, Because string
	Err             error
}

// Error implements error.
func (f *Failed) Error() string {
	return fmt.Sprintf("the login by %s (%s) failed: %v", f.Method, f.Because, f.Err)
}

// Unwrap returns the error of azidentity.
func (f *Failed) Unwrap() error { return f.Err }

// Error tells that a login is configured, and cannot be used.
type Error struct {
	Method, Because string
	Problem         string
	Remedy          string
}

// Error implements error.
func (e *Error) Error() string {
	text := e.Problem
	if e.Method != "" {
		text = "the login by " + e.Method + " (" + e.Because + ") cannot be used: " + text
	}
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}

func errorf(format string, args ...any) error { return &Error{Problem: fmt.Sprintf(format, args...)} }

// method is one way to sign in: whether the settings ask for it, and how it is made.
type method struct {
	name string
	// asked is the setting that asks for the method, or one that is not given.
	asked setting
	// needs are the settings without which it does not work, by what they are.
	needs map[string]setting
	make  func() (azcore.TokenCredential, error)
	cli   bool
}

// Choose returns the login that the settings ask for: the first that is asked for, in the order of
// the azure-native provider, even if it is incomplete, because the provider does not fall through
// to the next either. The error is an *Error.
func Choose(o Options) (*Login, error) {
	c := chooser{Options: o, known: o.Settings.known()}
	for _, m := range c.methods() {
		if !m.asked.given() {
			continue
		}
		because := m.asked.from
		if m.asked.isTrue() {
			because += " is true"
		} else if !m.cli {
			because += " is set"
		}
		if missing := missingOf(m.needs); missing != "" {
			return nil, &Error{Method: m.name, Because: because, Problem: missing, Remedy: "set it, or remove " + m.asked.from}
		}
		credential, err := m.make()
		if err != nil {
			return nil, &Error{Method: m.name, Because: because, Problem: err.Error()}
		}
		return &Login{
			Method: m.name, Because: because, CLI: m.cli, credential: credential,
			ClientID: c.client().value, TenantID: c.tenant().value, SubscriptionID: c.subscription.orElse(c.sdkSubscriptionIfUsed()).value,
		}, nil
	}
	return nil, &Error{Problem: "there is no Azure login", Remedy: c.remedy()}
}

// missingOf names what of a method's needs is not given, with the variables for it.
func missingOf(needs map[string]setting) string {
	var missing []string
	for _, name := range []string{"ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"} {
		if v, needed := needs[name]; needed && !v.given() {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	verb := " is not set"
	if len(missing) > 1 {
		verb = " are not set"
	}
	return strings.Join(missing, " and ") + verb
}

// remedy tells how to log in; a token that nothing uses is named.
func (c chooser) remedy() string {
	for _, s := range []setting{c.token, c.tokenFile, c.requestURL} {
		if s.given() && c.clientID.given() {
			return "set ARM_USE_OIDC=true, without which " + s.from + " is not used"
		}
	}
	if c.clientID.given() {
		return c.clientID.from + " is set without a way to log in: set ARM_USE_OIDC=true with a token, or a client certificate or secret"
	}
	return "install the Azure CLI and run `az login`; in a pipeline set ARM_USE_OIDC=true, ARM_CLIENT_ID, ARM_TENANT_ID and ARM_SUBSCRIPTION_ID"
}

// lookPath finds a program on the PATH.
func lookPath(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
