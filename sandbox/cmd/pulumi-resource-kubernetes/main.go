package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	_ "github.com/Azure/azure-workload-identity/pkg/webhook"
	_ "github.com/Azure/azure-workload-identity/pkg/metrics"
	_ "github.com/open-policy-agent/cert-controller/pkg/rotator"
	_ "k8s.io/kubernetes/cmd/kube-apiserver/app"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	_ "go.etcd.io/etcd/server/v3/embed"
	_ "go.etcd.io/bbolt"
	_ "github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	_ "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	_ "github.com/spf13/cobra"
	_ "github.com/go-jose/go-jose/v4"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/stretchr/testify/require"
	_ "pgregory.net/rapid"
)

func main() { provider.Serve("kubernetes", "4.30.0", nil, nil) }
