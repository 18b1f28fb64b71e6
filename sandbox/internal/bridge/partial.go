package bridge

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
)

// initFailed returns the error with which the engine keeps a resource that exists and has failed
// (ErrorResourceInitFailed in the provider protocol): it stores the ID and the state, and the next
// update repairs the resource.
func initFailed(err *AcceptedError, outputs, inputs resource.PropertyMap) error {
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}
	detail := &pulumirpc.ErrorResourceInitFailed{Id: err.ID, Reasons: []string{err.Error()}}
	var failed error
	if detail.Properties, failed = plugin.MarshalProperties(outputs, options); failed != nil {
		return failed
	}
	if detail.Inputs, failed = plugin.MarshalProperties(inputs, options); failed != nil {
		return failed
	}
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, err.Error()), detail)
}
