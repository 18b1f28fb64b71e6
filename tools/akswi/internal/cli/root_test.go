package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aks-workload-identity/aks-workload-identity/tools/akswi/internal/cli"
)

func TestRootCommand(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		code   int
		says   string
	}{
		"NoCommand":      {"without a command the list of commands is shown", nil, cli.ExitOK, "verify"},
		"UnknownCommand": {"a misspelt command", []string{"verfy"}, cli.ExitUsage, `akswi: unknown command "verfy" for "akswi"`},
		"Completion":     {"shells complete commands and flags", []string{"completion", "bash"}, cli.ExitOK, "__start_akswi"},
		"ErrorsName":     {"an error begins with the command that has it", []string{"verify", "--timeout", "0s"}, cli.ExitUsage, "akswi verify: --timeout"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := cli.Run(t.Context(), tc.args, cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs})
			if code != tc.code || !strings.Contains(out.String()+errs.String(), tc.says) {
				t.Errorf("%s\nwant exit code %d and %q, got %d and\n%s%s", tc.reason, tc.code, tc.says, code, out.String(), errs.String())
			}
		})
	}
}
