package pulumitest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"gopkg.in/yaml.v3"
)

// StackFile reads the text of a stack file with Pulumi's own code, so that a program gets exactly
// what the CLI would give it, and moves the keys of one project into another, such as Project.
func StackFile(t testing.TB, text, from, to string) map[string]string {
	t.Helper()
	var file struct {
		Config config.Map `yaml:"config"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	plain, err := file.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for key, value := range plain {
		namespace := key.Namespace()
		if namespace == from {
			namespace = to
		}
		values[namespace+":"+key.Name()] = value
	}
	return values
}
