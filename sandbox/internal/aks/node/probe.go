package node

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// prober sends to the process, over loopback, the requests that a kubelet would send to the pod.
type prober struct {
	probe *corev1.Probe // nil: always successful
	url   string
	http  *http.Client
}

// newProber returns a prober for a probe. local maps the container's ports to local addresses.
func newProber(c *corev1.Container, probe *corev1.Probe, local func(port int) (string, bool)) (*prober, *waiting) {
	if probe == nil {
		return &prober{}, nil
	}
	get := probe.HTTPGet
	if get == nil {
		return nil, &waiting{reasonConfigError, "the sandbox probes with httpGet only"}
	}
	port, ok := containerPort(c, get.Port)
	addr, known := local(port)
	if !ok || !known {
		return nil, &waiting{reasonConfigError, fmt.Sprintf("probe: the webhook does not listen on port %s", get.Port.String())}
	}
	scheme := strings.ToLower(string(get.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	timeout := time.Duration(max(1, probe.TimeoutSeconds)) * time.Second
	return &prober{probe: probe, url: scheme + "://" + addr + "/" + strings.TrimPrefix(get.Path, "/"), http: &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: (&net.Dialer{Timeout: timeout}).DialContext,
			// A kubelet does not verify the certificate of a probed server.
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func containerPort(c *corev1.Container, p intstr.IntOrString) (int, bool) {
	if p.Type == intstr.Int {
		return p.IntValue(), true
	}
	for _, cp := range c.Ports {
		if cp.Name == p.StrVal {
			return int(cp.ContainerPort), true
		}
	}
	return 0, false
}

// ok sends one request. A status from 200 to 399 is a success, as for a kubelet.
func (p *prober) ok(ctx context.Context) bool {
	if p.probe == nil {
		return true
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return false
	}
	res, err := p.http.Do(req)
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode >= 200 && res.StatusCode < 400
}

// period returns the time between two requests.
func (p *prober) period() time.Duration {
	if p.probe == nil || p.probe.PeriodSeconds < 1 {
		return 10 * time.Second
	}
	return time.Duration(p.probe.PeriodSeconds) * time.Second
}

// failures returns the number of failures in a row after which the probe has failed.
func (p *prober) failures() int {
	if p.probe == nil || p.probe.FailureThreshold < 1 {
		return 3
	}
	return int(p.probe.FailureThreshold)
}

// initialDelay returns the time before the first request.
func (p *prober) initialDelay() time.Duration {
	if p.probe == nil {
		return 0
	}
	return time.Duration(p.probe.InitialDelaySeconds) * time.Second
}
