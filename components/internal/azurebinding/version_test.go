package azurebinding

import (
	"os"
	"regexp"
	"testing"
)

// The bindings ask for the same provider as the SDK in go.mod, or a program would need two plugins.
func TestBindingsHaveTheVersionOfTheSDK(t *testing.T) {
	text, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`github.com/pulumi/pulumi-azure-native-sdk/v2 v(\S+)`).FindSubmatch(text)
	if m == nil {
		t.Fatal("go.mod does not name the azure-native SDK")
	}
	if got := string(m[1]); got != Version {
		t.Errorf("go.mod has version %s, the bindings %s", got, Version)
	}
}
