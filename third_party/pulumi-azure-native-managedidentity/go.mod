module github.com/pulumi/pulumi-azure-native-sdk/managedidentity/v2

go 1.26.0

require (
	github.com/pulumi/pulumi-azure-native-sdk/v2 v2.92.3
	github.com/pulumi/pulumi/sdk/v3 v3.245.0
)
