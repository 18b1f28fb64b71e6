package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// runner stands in for what runs a pipeline: it gives steps their variables, and tokens to those
// that ask for them. It does not do what actions and tasks of others do.
type runner struct {
	w       *world
	person  []string
	context map[string]string // what expressions of a file mean
	env     []string          // of every step
	posted  string            // the file with the last comment
}

// step is a command of a pipeline.
type step struct {
	name, script string
	env          map[string]string
	always       bool // also after another has failed
}

// newRunner returns a runner for stack dev. Its tokens are those of the sandbox's deployer: the
// sandbox's Entra knows no issuer outside.
func (w *world) newRunner(t *testing.T, person []string) *runner {
	t.Helper()
	dir := t.TempDir()
	r := &runner{w: w, person: person, posted: filepath.Join(dir, "comment")}
	login := map[string]string{}
	for _, line := range strings.Split(string(w.output(t, w.sandbox(), "env")), "\n") {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		login[name] = strings.Trim(value, `'"`)
	}
	token := func() string {
		data, err := os.ReadFile(login["ARM_OIDC_TOKEN_FILE_PATH"])
		assert.NoError(t, err)
		return strings.TrimSpace(string(data))
	}
	endpoint := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		assert.Equal(t, "Bearer of the job", req.Header.Get("Authorization"))
		assert.Equal(t, "api://AzureADTokenExchange", req.URL.Query().Get("audience"))
		json.NewEncoder(rw).Encode(map[string]string{"value": token()})
	}))
	t.Cleanup(endpoint.Close)
	// Programs of the runner's image, which write what is posted.
	for name, script := range map[string]string{
		"gh":   `#!/bin/sh` + "\n" + `while [ $# -gt 1 ]; do [ "$1" = --body-file ] && cp "$2" "$POSTED"; shift; done`,
		"curl": `#!/bin/sh` + "\n" + `case "$*" in *pullRequests/7/threads*) cat >"$POSTED" ;; *) echo "curl $*: not expected" >&2; exit 2 ;; esac`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script+"\n"), 0o700))
	}
	r.context = map[string]string{
		"vars.STACK": "dev", "vars.AZURE_CLIENT_ID": login["ARM_CLIENT_ID"], "vars.AZURE_TENANT_ID": login["ARM_TENANT_ID"],
		"vars.AZURE_SUBSCRIPTION_ID": login["ARM_SUBSCRIPTION_ID"], "vars.PULUMI_BACKEND_URL": variable(t, person, "PULUMI_BACKEND_URL"),
		"github.token": "a token", "github.event.pull_request.number": "7", "System.AccessToken": "a token",
	}
	r.env = []string{
		"CI=true", "POSTED=" + r.posted, "AZ_SUBSCRIPTION=" + login["ARM_SUBSCRIPTION_ID"], "IMAGE=" + dir,
		// GitHub's for jobs with the permission id-token.
		"ACTIONS_ID_TOKEN_REQUEST_URL=" + endpoint.URL + "/?run=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=of the job",
		// Azure's for tasks with addSpnToEnvironment, and for every task.
		"servicePrincipalId=" + login["ARM_CLIENT_ID"], "tenantId=" + login["ARM_TENANT_ID"], "idToken=" + token(), "STACK=dev",
		"SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/", "SYSTEM_TEAMPROJECTID=1", "BUILD_REPOSITORY_ID=2", "SYSTEM_PULLREQUEST_PULLREQUESTID=7",
	}
	return r
}

// variable returns a variable's value in an environment.
func variable(t *testing.T, env []string, name string) string {
	t.Helper()
	for _, entry := range env {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	require.Failf(t, "no variable", "%s", name)
	return ""
}

var expression = regexp.MustCompile(`\$\{\{\s*(.+?)\s*\}\}|\$\(([A-Z][A-Za-z.]+)\)`)

// expand returns the text with its expressions resolved.
func (r *runner) expand(t *testing.T, text string) string {
	t.Helper()
	return expression.ReplaceAllStringFunc(text, func(match string) string {
		parts := expression.FindStringSubmatch(match)
		value, known := r.context[parts[1]+parts[2]]
		require.Truef(t, known, "the runner has nothing for %s", match)
		return value
	})
}

// run runs the steps as the runner does: after a failure only those that want it. It returns what
// they printed, and whether all succeeded.
func (r *runner) run(t *testing.T, steps []step, extra ...string) (string, bool) {
	t.Helper()
	require.NotEmpty(t, steps)
	var all strings.Builder
	ok := true
	for _, step := range steps {
		if !ok && !step.always {
			continue
		}
		// The login of `sandbox run` is not the pipeline's.
		args := []string{"run", "--", "env", "-u", "ARM_USE_OIDC", "-u", "ARM_CLIENT_ID", "-u", "ARM_TENANT_ID", "-u", "ARM_SUBSCRIPTION_ID",
			"-u", "ARM_OIDC_TOKEN_FILE_PATH", "-u", "AZURE_CLIENT_ID", "-u", "AZURE_TENANT_ID", "-u", "AZURE_SUBSCRIPTION_ID", "-u", "AZURE_FEDERATED_TOKEN_FILE"}
		for name, value := range step.env {
			args = append(args, name+"="+r.expand(t, value))
		}
		args = append(args, extra...)
		args = append(args, "bash", "-e", "-c", `PATH="$IMAGE:$PATH"`+"\n"+step.script)
		cmd := r.w.command(t.Context(), r.w.sandbox(), args...)
		cmd.Env = append(append(cmd.Env, r.person...), r.env...)
		out, code := r.w.runCommand(t, cmd)
		all.WriteString(out)
		ok = ok && code == 0
	}
	return all.String(), ok
}

// comment returns the comment that the last run has posted.
func (r *runner) comment(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(r.posted)
	require.NoError(t, err)
	require.NoError(t, os.Remove(r.posted))
	return string(data)
}

// github returns the commands of a workflow with one job.
func (w *world) github(t *testing.T, file string) []step {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.root, "ci", "github", file))
	require.NoError(t, err)
	var workflow struct {
		Env         map[string]string
		Permissions map[string]string
		Jobs        map[string]struct {
			Steps []struct {
				Name, Run, If string
				Env           map[string]string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &workflow))
	require.Len(t, workflow.Jobs, 1)
	require.Equal(t, "write", workflow.Permissions["id-token"], "without it the job gets no token")
	var steps []step
	for _, job := range workflow.Jobs {
		for _, s := range job.Steps {
			if s.Run == "" {
				continue
			}
			env := map[string]string{}
			for _, more := range []map[string]string{workflow.Env, s.Env} {
				for name, value := range more {
					env[name] = value
				}
			}
			steps = append(steps, step{name: s.Name, script: s.Run, env: env, always: strings.Contains(s.If, "failure()")})
		}
	}
	return steps
}

// azurePipeline returns the commands of a stage of the Azure pipeline, in the order of the file.
func (w *world) azurePipeline(t *testing.T, stage string) []step {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.root, "ci", "azure", "azure-pipelines.yml"))
	require.NoError(t, err)
	var pipeline struct {
		Stages []struct {
			Stage string
			Jobs  []any
		}
	}
	require.NoError(t, yaml.Unmarshal(data, &pipeline))
	var steps []step
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		case map[string]any:
			s := step{name: fmt.Sprint(v["displayName"]), env: map[string]string{}}
			if inputs, ok := v["inputs"].(map[string]any); ok {
				s.script, _ = inputs["inlineScript"].(string)
			} else if script, ok := v["bash"].(string); ok {
				s.script = script
			}
			if s.script == "" {
				for _, key := range []string{"strategy", "runOnce", "deploy", "steps"} {
					walk(v[key])
				}
				return
			}
			if env, ok := v["env"].(map[string]any); ok {
				for name, value := range env {
					s.env[name] = fmt.Sprint(value)
				}
			}
			condition, _ := v["condition"].(string)
			s.always = condition == "succeededOrFailed()"
			steps = append(steps, s)
		}
	}
	for _, s := range pipeline.Stages {
		if s.Stage == stage {
			walk(s.Jobs)
		}
	}
	return steps
}

// pipelines runs the commands of the templates in ci on the deployed stack dev.
func (w *world) pipelines(t *testing.T, person []string) {
	group := strings.TrimSpace(w.shell(t, person, "bash", `"$E2E_PULUMI" stack output resourceGroup --stack dev`))
	require.Regexp(t, `^\S+$`, group)
	tag := func(value string) {
		w.put(t, "/resourceGroups/"+group, object{"location": "westeurope", "tags": object{"environment": value, "product": project}})
	}
	r := w.newRunner(t, person)
	// In Azure Pipelines there is no endpoint of GitHub's.
	for system, files := range map[string]struct {
		preview, deploy, drift []step
		extra                  []string
	}{
		"GitHub Actions": {w.github(t, "preview.yml"), w.github(t, "deploy.yml"), w.github(t, "drift.yml"), nil},
		"Azure Pipelines": {
			w.azurePipeline(t, "preview"), w.azurePipeline(t, "deploy"), w.azurePipeline(t, "drift"),
			[]string{"ACTIONS_ID_TOKEN_REQUEST_URL=", "ACTIONS_ID_TOKEN_REQUEST_TOKEN="},
		},
	} {
		t.Run(system, func(t *testing.T) {
			if system == "Azure Pipelines" {
				if _, err := exec.LookPath("jq"); err != nil {
					t.Skip("there is no jq, which Microsoft's agents have")
				}
			}
			_, ok := r.run(t, files.preview, files.extra...)
			assert.True(t, ok, "preview")
			comment := r.comment(t)
			assert.Contains(t, comment, "### Preview of dev")
			assert.Contains(t, comment, "unchanged")

			out, ok := r.run(t, files.deploy, files.extra...)
			assert.True(t, ok, "deploy")
			assert.Contains(t, out, "demo/quick-start: proven")

			out, ok = r.run(t, files.drift, files.extra...)
			assert.True(t, ok, "nothing has changed")
			assert.Contains(t, out, "demo/quick-start: proven")
			tag("changed by hand")
			out, ok = r.run(t, files.drift, files.extra...)
			assert.False(t, ok, "somebody has changed a tag")
			assert.Contains(t, out, "no changes were expected")
			assert.Contains(t, out, "demo/quick-start: proven", "it is verified all the same")
			tag("dev")
		})
	}
}
