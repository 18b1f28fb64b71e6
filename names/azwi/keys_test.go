package azwi

import (
	"strings"
	"testing"
)

func TestInjectedEnv(t *testing.T) {
	list := InjectedEnv()
	if len(list) != 4 {
		t.Fatalf("%v", list)
	}
	for _, name := range list {
		if !strings.HasPrefix(name, "AZURE_") {
			t.Errorf("%s is not the webhook's", name)
		}
	}
}
