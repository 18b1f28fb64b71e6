package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestContainerArgs(t *testing.T) {
	env := map[string]string{"LEVEL": "info"}
	for name, tc := range map[string]struct {
		command, args, want []string
		reason              string
	}{
		"the image's own program":                 {args: []string{"--log-level=$(LEVEL)"}, want: []string{"--log-level=info"}},
		"the program by its name, with arguments": {command: []string{"/manager", "--a"}, args: []string{"--b"}, want: []string{"--a", "--b"}},
		"a program that the image does not have":  {command: []string{"/bin/sh"}, reason: reasonRunError},
	} {
		t.Run(name, func(t *testing.T) {
			got, w := containerArgs(&corev1.Container{Command: tc.command, Args: tc.args}, env)
			reason := ""
			if w != nil {
				reason = w.reason
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || reason != tc.reason {
				t.Errorf("reason %q, want %q; -want +got:\n%s", reason, tc.reason, diff)
			}
		})
	}
}

func TestFlagPort(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want int
	}{
		"as in the chart":     {[]string{"--metrics-addr=:8095"}, 8095},
		"with one dash":       {[]string{"-metrics-addr=:1"}, 1},
		"as two words":        {[]string{"--metrics-addr", "0.0.0.0:2"}, 2},
		"the last one counts": {[]string{"--metrics-addr=:1", "--metrics-addr=:3"}, 3},
		"another flag":        {[]string{"--x-metrics-addr=:1", "metrics-addr=:1"}, 99},
		"no port":             {[]string{"--metrics-addr=0"}, 99},
		"no flag":             {nil, 99},
	} {
		if got := flagPort(tc.args, "metrics-addr", 99); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}
