package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/stackfile"
)

// Pulumi is the Pulumi CLI of a stack.
type Pulumi struct {
	// Run runs a command of it and returns what it prints. The error has what it printed on its
	// error stream.
	Run func(ctx context.Context, args ...string) (string, error)
	// Env looks up an environment variable, which may be set and empty.
	Env func(string) (string, bool)
	// File is the stack's file; nil if it cannot be read.
	File *stackfile.File
	// Stack is the stack's name.
	Stack string
}

const installPulumi = "curl -fsSL https://get.pulumi.com | sh"

// NeedsPulumi reports whether a check runs the Pulumi CLI.
func NeedsPulumi(check string) bool {
	return check == checkPulumi || check == checkState || check == checkSecrets
}

// Inspect checks the CLI, the state's backend and the secrets provider, and returns what the stack
// has deployed.
func (p *Pulumi) Inspect(ctx context.Context) ([]Row, Deployed) {
	text, err := p.Run(ctx, "version")
	if err != nil {
		return []Row{
			problem(checkPulumi, "NoPulumi", "the Pulumi CLI does not run: "+sentence(err), installPulumi),
			unchecked(checkState, "needs the Pulumi CLI", "see above"), unchecked(checkSecrets, "needs the Pulumi CLI", "see above"),
		}, Deployed{}
	}
	rows := []Row{p.version(strings.TrimSpace(text))}
	backend, err := p.backend(ctx)
	if err != nil {
		return append(rows,
			problem(checkState, "NoBackend", "Pulumi cannot reach a state backend: "+sentence(err), "pulumi login").
				or("or: pulumi login azblob://CONTAINER?storage_account=ACCOUNT"),
			unchecked(checkSecrets, "needs a backend", "see above")), Deployed{}
	}
	state := ok(checkState, backend)
	deployed, err := p.deployed(ctx)
	if err != nil {
		state = unchecked(checkState, "what the stack has deployed is not known, and taken as nothing: "+sentence(err), "pulumi stack export")
	}
	return append(rows, state, p.secrets(backend)), deployed
}

var sdkLine = regexp.MustCompile(`(?m)^\s*github\.com/pulumi/pulumi/sdk/v3 v(\S+)`)

// version compares the CLI with the SDK of the program, which a CLI must not be older than.
func (p *Pulumi) version(have string) Row {
	have = strings.TrimPrefix(have, "v")
	if p.File == nil {
		return ok(checkPulumi, have)
	}
	raw, err := os.ReadFile(filepath.Join(p.File.Program, "go.mod"))
	if err != nil {
		return ok(checkPulumi, have) // a program in another language, or in a folder of a Go module
	}
	want := sdkLine.FindSubmatch(raw)
	if want == nil || !newer(string(want[1]), have) {
		return ok(checkPulumi, have)
	}
	return warning(checkPulumi, "PulumiTooOld", fmt.Sprintf("the CLI is %s, and the program was written for %s", have, want[1]), installPulumi)
}

// backend returns the address of the state's backend.
func (p *Pulumi) backend(ctx context.Context) (string, error) {
	text, err := p.Run(ctx, "whoami", "--json", "--non-interactive")
	if err != nil {
		return "", err
	}
	var who struct {
		URL string `json:"url"`
	}
	return who.URL, json.Unmarshal([]byte(text), &who)
}

// secrets checks that what encrypts the stack's secrets can be used. Pulumi Cloud encrypts them
// itself.
func (p *Pulumi) secrets(backend string) Row {
	provider := ""
	if p.File != nil {
		provider = p.File.SecretsProvider
	}
	own := !strings.HasPrefix(backend, "http")
	_, passphrase := p.Env("PULUMI_CONFIG_PASSPHRASE")
	if _, file := p.Env("PULUMI_CONFIG_PASSPHRASE_FILE"); file {
		passphrase = true
	}
	switch {
	case provider != "" && provider != "passphrase":
		return ok(checkSecrets, provider)
	case (own || provider == "passphrase" || p.File != nil && p.File.Passphrase) && !passphrase:
		return problem(checkSecrets, "NoPassphrase", "this backend keeps secrets with a passphrase, and there is none",
			"export PULUMI_CONFIG_PASSPHRASE_FILE=FILE").or("or: pulumi stack init --secrets-provider=azurekeyvault://VAULT.vault.azure.net/keys/KEY")
	case passphrase:
		return ok(checkSecrets, "a passphrase")
	}
	return ok(checkSecrets, "the backend's own")
}

// deployed returns what the stack has deployed; nothing if the stack does not exist yet.
func (p *Pulumi) deployed(ctx context.Context) (Deployed, error) {
	args := []string{"stack", "export", "--non-interactive"}
	if p.Stack != "" {
		args = append(args, "--stack", p.Stack)
	}
	text, err := p.Run(ctx, args...)
	if err != nil {
		if strings.Contains(err.Error(), "no stack named") {
			return Deployed{}, nil
		}
		return Deployed{}, errors.New(sentence(err))
	}
	return ReadDeployed([]byte(text))
}
