package daemon

import (
	"net/http"
	"testing"
)

func TestControlRequiresTheTokenOfTheFolder(t *testing.T) {
	h := openHome(t)
	client, ended := serve(t, h, false)
	resp, err := http.Post(client.Running.URL()+"/-/stop", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := client.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-ended
}
