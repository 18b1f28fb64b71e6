// Package pulumitest runs Pulumi programs against a recorder instead of an engine, and checks what
// every program of this product must keep to:
//
//   - no type that the fakes do not know, and no missing required input;
//   - no two resources with one URN;
//   - no custom resource outside a component, unless the test allows its type;
//   - every child's name starts with its component's name;
//   - no Kubernetes resource on the default provider, and none of a package whose
//     provider the test gives explicitly;
//   - every component registers its outputs, once.
//
// The fakes answer as typed stand-ins: they synthesise the outputs that only Azure or Kubernetes
// can know, in an update; in a preview those are unknown, as they would be. What this proves is the
// graph; it does not prove that Azure accepts it, which is the sandbox's job.
package pulumitest
