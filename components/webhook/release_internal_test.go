package webhook

import (
	"os"
	"regexp"
	"testing"
)

// The binding asks for the same provider as the SDK in go.mod, or a program would need two plugins.
func TestBindingHasTheVersionOfTheSDK(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`github.com/pulumi/pulumi-kubernetes/sdk/v4 v(\S+)`).FindSubmatch(text)
	if m == nil {
		t.Fatal("go.mod does not name the Kubernetes SDK")
	}
	if got := string(m[1]); got != kubernetesVersion {
		t.Errorf("go.mod has version %s, the binding %s", got, kubernetesVersion)
	}
}

func TestReleaseNeedsAChart(t *testing.T) {
	if _, err := newRelease(nil, "shop", &releaseArgs{}); err == nil {
		t.Error("a release without a chart was registered")
	}
}
