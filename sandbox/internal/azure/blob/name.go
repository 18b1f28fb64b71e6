package blob

import "regexp"

// Names:
// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.
// The same rule applies to queues (naming-queues-and-metadata).
var (
	containerName = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9])*$`)
	metadataName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

const (
	minContainerName = 3
	maxContainerName = 63
	maxBlobName      = 1024
)

// ValidContainer reports whether a container or queue can have the name.
func ValidContainer(name string) bool {
	return len(name) >= minContainerName && len(name) <= maxContainerName && containerName.MatchString(name)
}

// accountName matches 3 to 24 lower-case letters and digits
// (https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name).
var accountName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

// ValidAccount reports whether a storage account can have the name.
func ValidAccount(name string) bool { return accountName.MatchString(name) }
