package fake

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Credential is the beginning of the token in every kubeconfig.
const Credential = "kubeconfig-credential-"

// kubeconfig has those parts of a kubeconfig file that diffConfig compares. AKS's files are YAML;
// these are JSON, which is valid YAML.
type kubeconfig struct {
	Clusters []named `json:"clusters"`
	Users    []named `json:"users"`
	Contexts []named `json:"contexts"`
	Current  string  `json:"current-context"`
}

type named struct {
	Name    string            `json:"name"`
	Cluster map[string]string `json:"cluster,omitempty"`
	User    map[string]string `json:"user,omitempty"`
	Context map[string]string `json:"context,omitempty"`
}

// server returns the address of a cluster's API server.
func server(cluster *thing) string { return "https://" + text(cluster.state, "fqdn") + ":443" }

// token returns the credential that a cluster's API server accepts.
func token(cluster *thing) string {
	return Credential + cluster.guid(fmt.Sprint("token ", cluster.rotations))
}

// credentials returns AKS's answer to a request for a cluster's kubeconfig.
func credentials(cluster *thing) (resource.PropertyMap, error) {
	name := text(cluster.state, "name")
	file, err := json.Marshal(kubeconfig{
		Clusters: []named{{Name: name, Cluster: map[string]string{"server": server(cluster)}}},
		Users:    []named{{Name: name, User: map[string]string{"token": token(cluster)}}},
		Contexts: []named{{Name: name, Context: map[string]string{"cluster": name, "user": name}}},
		Current:  name,
	})
	if err != nil {
		return nil, err
	}
	entry := object(texts("name", "clusterUser", "value", base64.StdEncoding.EncodeToString(file)))
	return resource.PropertyMap{"kubeconfigs": resource.NewProperty([]resource.PropertyValue{entry})}, nil
}

// active returns the cluster and the user of a kubeconfig's current context, nil if there is none.
func active(text string) (cluster, user map[string]string) {
	var file kubeconfig
	if json.Unmarshal([]byte(text), &file) != nil {
		return nil, nil
	}
	for _, c := range file.Contexts {
		if c.Name != file.Current {
			continue
		}
		for _, named := range file.Clusters {
			if named.Name == c.Context["cluster"] {
				cluster = named.Cluster
			}
		}
		for _, named := range file.Users {
			if named.Name == c.Context["user"] {
				user = named.User
			}
		}
	}
	return cluster, user
}

// configure reads the API server's address and the credential from the kubeconfig. While the
// kubeconfig is unknown the provider has no server.
func (p *provider) configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	cluster, user := active(text(req.Inputs, "kubeconfig"))
	p.server, p.token = cluster["server"], user["token"]
	return plugin.ConfigureResponse{}, nil
}

// diffConfig follows the rules of pulumi-kubernetes (DiffConfig in
// provider/pkg/provider/provider.go): a kubeconfig that is unknown, or that names another cluster,
// replaces the provider and with it all resources that it manages. Where a cluster identifier is
// set, only that decides. Adding or removing an identifier does not replace anything.
func (p *provider) diffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	olds, news := plainMap(req.OldOutputs), plainMap(req.NewInputs)
	diff := olds.Diff(news)
	result := plugin.DiffConfigResponse{Changes: plugin.DiffNone}
	if diff != nil {
		result = plugin.DiffConfigResponse{Changes: plugin.DiffSome, ChangedKeys: diff.ChangedKeys(), ReplaceKeys: replacing(olds, news, diff)}
	}
	var err error
	if len(result.ReplaceKeys) > 0 {
		err = fmt.Errorf("replaces because of %v", result.ReplaceKeys)
	}
	op := &Op{What: DiffConfig, Type: string(req.URN.Type()), Name: req.URN.Name(), Unknown: news["kubeconfig"].IsComputed()}
	_ = p.world.begin(op)
	_ = p.world.end(op, err)
	return result, nil
}

const identifier = resource.PropertyKey("clusterIdentifier")

func replacing(olds, news resource.PropertyMap, diff *resource.ObjectDiff) []resource.PropertyKey {
	if diff.Same(identifier) && news.HasValue(identifier) {
		return nil
	}
	var keys []resource.PropertyKey
	if diff.Updated(identifier) {
		keys = append(keys, identifier)
	}
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if news[key].IsComputed() {
			return append(keys, key)
		}
	}
	before, _ := active(text(olds, "kubeconfig"))
	now, _ := active(text(news, "kubeconfig"))
	if before != nil && now != nil && !reflect.DeepEqual(before, now) && diff.Changed("kubeconfig") {
		keys = append(keys, "kubeconfig")
	}
	return keys
}
