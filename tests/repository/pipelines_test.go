package repository

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// azurePipeline has the keys of Azure's schema that the template uses; others are mistakes. The
// templates were also checked against the whole schema, service-schema.json of
// github.com/microsoft/azure-pipelines-vscode, which is too large to keep here. GitHub's are
// checked by actionlint (`make lint`).
type azurePipeline struct {
	Trigger   azureFilter
	Schedules []struct {
		Cron        string
		DisplayName string `yaml:"displayName"`
		Branches    struct{ Include []string }
		Always      bool
	}
	Variables []struct{ Name, Value, Group string }
	Pool      struct {
		VMImage string `yaml:"vmImage"`
	}
	Stages []struct {
		Stage, Condition string
		DependsOn        []string `yaml:"dependsOn"`
		LockBehavior     string   `yaml:"lockBehavior"`
		Jobs             []azureJob
	}
}

type azureFilter struct {
	Branches struct{ Include []string }
}

type azureJob struct {
	Job, Deployment, Environment string
	TimeoutInMinutes             int `yaml:"timeoutInMinutes"`
	Steps                        []azureStep
	Strategy                     struct {
		RunOnce struct{ Deploy struct{ Steps []azureStep } } `yaml:"runOnce"`
	}
}

type azureStep struct {
	Task, Bash, Checkout, Template string
	DisplayName                    string `yaml:"displayName"`
	Condition                      string
	Inputs                         map[string]any
	Env                            map[string]string
}

// decodeStrictly reads a file of a pipeline, and refuses keys that the value does not have.
func decodeStrictly(t *testing.T, file string, value any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func TestTheAzurePipelineHasOnlyKnownKeys(t *testing.T) {
	folder := filepath.Join(root, "ci", "azure")
	var pipeline azurePipeline
	decodeStrictly(t, filepath.Join(folder, "azure-pipelines.yml"), &pipeline)
	var prepare struct{ Steps []azureStep }
	decodeStrictly(t, filepath.Join(folder, "prepare.yml"), &prepare)
	if len(pipeline.Stages) != 3 || len(prepare.Steps) == 0 {
		t.Fatalf("%d stages, %d steps of preparation", len(pipeline.Stages), len(prepare.Steps))
	}
	for _, stage := range pipeline.Stages {
		if stage.Condition == "" {
			t.Errorf("stage %s would run for every reason", stage.Stage)
		}
		for _, job := range stage.Jobs {
			steps := append(job.Steps, job.Strategy.RunOnce.Deploy.Steps...)
			if len(steps) == 0 || job.TimeoutInMinutes == 0 {
				t.Errorf("stage %s: %d steps, at most %d minutes", stage.Stage, len(steps), job.TimeoutInMinutes)
			}
			// A deployment job does not check the repository out by itself.
			if job.Deployment != "" && steps[0].Checkout != "self" {
				t.Errorf("stage %s has no repository", stage.Stage)
			}
			for _, step := range steps {
				checkAzureStep(t, folder, step)
			}
		}
	}
}

func checkAzureStep(t *testing.T, folder string, step azureStep) {
	t.Helper()
	kinds := 0
	for _, kind := range []string{step.Task, step.Bash, step.Checkout, step.Template} {
		if kind != "" {
			kinds++
		}
	}
	if kinds != 1 {
		t.Errorf("a step is %d things at once: %+v", kinds, step)
	}
	if step.Template != "" {
		if _, err := os.Stat(filepath.Join(folder, step.Template)); err != nil {
			t.Error(err)
		}
	}
	if strings.HasPrefix(step.Task, "AzureCLI@") {
		script, _ := step.Inputs["inlineScript"].(string)
		if step.Inputs["addSpnToEnvironment"] != true || !strings.Contains(script, "ARM_USE_OIDC=true") {
			t.Errorf("%s has no login for Pulumi", step.DisplayName)
		}
	}
}

// A template that takes its values from expressions within a script would run what the title of a
// pull request says.
func TestScriptsOfWorkflowsHaveNoExpressions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "ci", "github", "*.yml"))
	if err != nil || len(files) != 3 {
		t.Fatalf("the workflows are %v (%v)", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]struct{ Steps []struct{ Run string } }
		}
		if err := yaml.Unmarshal(data, &workflow); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if workflow.Permissions["contents"] != "read" {
			t.Errorf("%s may do more with the repository than read it", file)
		}
		for _, job := range workflow.Jobs {
			for _, step := range job.Steps {
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: pass the expression as a variable: %s", file, step.Run)
				}
			}
		}
	}
}
