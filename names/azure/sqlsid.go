package azure

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// SQLSID returns the security identifier by which Azure SQL knows an application or a managed
// identity: the 16 bytes of its client id (not its object id, which is what users and groups are
// known by), as a T-SQL binary constant.
//
// The bytes stand in the order of .NET's Guid.ToByteArray and of T-SQL's CAST(… AS
// uniqueidentifier): the first three groups have their lowest byte first, the last two are as
// written. Sources: learn.microsoft.com, "Guid.ToByteArray" and "uniqueidentifier (Transact-SQL)";
// the Terraform module wiruzman/mssql-database-users and PlatformPlatform's deployment, which both
// create users of managed identities so.
func SQLSID(clientID string) (string, error) {
	if !IsGUID(clientID) {
		return "", problem.New(fmt.Sprintf("%q is not a client id", clientID), "a GUID is expected")
	}
	b, err := hex.DecodeString(strings.ReplaceAll(clientID, "-", ""))
	if err != nil {
		return "", fmt.Errorf("client id %q: %w", clientID, err)
	}
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	return "0x" + strings.ToUpper(hex.EncodeToString(b)), nil
}
