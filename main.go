package main
import (
 _ "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
 _ "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
 _ "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
 _ "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2"
 _ "github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2"
 _ "github.com/pulumi/pulumi-azure-native-sdk/keyvault/v2"
 _ "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2"
 _ "github.com/pulumi/pulumi-azure-native-sdk/resources/v2"
 _ "github.com/pulumi/pulumi-azuread/sdk/v5/go/azuread"
 _ "github.com/google/go-cmp/cmp"
 _ "pgregory.net/rapid"
 _ "github.com/stretchr/testify/require"
 _ "github.com/google/uuid"
 _ "gopkg.in/yaml.v3"
)
func main() {}
