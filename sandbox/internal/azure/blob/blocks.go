package blob

import (
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/azure/store"
)

// maxBlockID is the largest length of a block's ID before its encoding, in bytes
// (https://learn.microsoft.com/rest/api/storageservices/put-block).
const maxBlockID = 64

// Block is a part of a committed blob.
type Block struct {
	ID   string `json:"id"` // base64
	Size int    `json:"size"`
}

// StagedBlock is a block that no list has committed yet. Azure removes it after a week, the sandbox
// when the blob is written or its container is deleted.
type StagedBlock struct {
	Order   int    `json:"order"` // among the staged blocks of the blob, oldest first
	ID      string `json:"id"`
	Content []byte `json:"content"`
}

func stagedKey(account, container, name string) string {
	return key(account, container, name) + "\x00"
}

func stagedBlocks(tx *store.Tx, account, container, name string) ([]StagedBlock, error) {
	return store.List[StagedBlock](tx, store.BlobBlocks, stagedKey(account, container, name))
}

// putBlock serves Put Block. All blocks of a blob have IDs of the same length.
func (c *call) putBlock() (response, error) {
	if err := c.checkHeaders(); err != nil {
		return response{}, err
	}
	block := StagedBlock{ID: c.URL.Query().Get("blockid")}
	raw, err := base64.StdEncoding.DecodeString(block.ID)
	if err != nil || len(raw) == 0 || len(raw) > maxBlockID {
		return response{}, failf(http.StatusBadRequest, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid: blockid=%s.", block.ID)
	}
	var sum string
	if block.Content, sum, err = c.readContent(); err != nil {
		return response{}, err
	}
	err = c.server.Store.Update(func(tx *store.Tx) error {
		have, err := c.openForWrite(tx)
		if err != nil {
			return err
		}
		staged, err := stagedBlocks(tx, c.account.Name, c.container, c.blob)
		if err != nil {
			return err
		}
		for _, s := range staged {
			block.Order = max(block.Order, s.Order+1)
			if len(s.ID) != len(block.ID) {
				return invalidBlock()
			}
		}
		if have != nil && len(have.Blocks) > 0 && len(have.Blocks[0].ID) != len(block.ID) {
			return invalidBlock()
		}
		if have != nil {
			if err := save(tx, *have); err != nil {
				return err
			}
		}
		return tx.Put(store.BlobBlocks, stagedKey(c.account.Name, c.container, c.blob)+block.ID, block)
	})
	return response{status: http.StatusCreated, header: map[string]string{"Content-MD5": sum, "x-ms-request-server-encrypted": "true"}}, err
}

func invalidBlock() *failure {
	return failf(http.StatusBadRequest, "InvalidBlobOrBlock", "The specified blob or block content is invalid.")
}

// blockRef names a block in the body of Put Block List; its element says where the block is.
type blockRef struct {
	XMLName xml.Name
	ID      string `xml:",chardata"`
}

// putBlockList serves Put Block List: the listed blocks in their order become the blob.
func (c *call) putBlockList() (response, error) {
	b, err := c.readProperties()
	if err != nil {
		return response{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(c.Body, maxBlob))
	if err != nil {
		return response{}, err
	}
	var list struct {
		Blocks []blockRef `xml:",any"`
	}
	if xml.Unmarshal(raw, &list) != nil {
		return response{}, failf(http.StatusBadRequest, "InvalidXmlDocument", "XML specified is not syntactically valid.")
	}
	return c.commit(b, func(tx *store.Tx, have *Blob) error {
		staged, err := stagedBlocks(tx, c.account.Name, c.container, c.blob)
		if err != nil {
			return err
		}
		for _, ref := range list.Blocks {
			content, ok := findBlock(ref, staged, have)
			if !ok {
				return failf(http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid.")
			}
			b.Blocks = append(b.Blocks, Block{ref.ID, len(content)})
			b.Content = append(b.Content, content...)
		}
		if len(b.Content) > maxBlob {
			return tooLarge()
		}
		b.ContentHash = c.Header.Get("x-ms-blob-content-md5") // the service computes none for a list
		return nil
	})
}

// findBlock returns the content of a block: the newest of its ID, or where the element says.
func findBlock(ref blockRef, staged []StagedBlock, have *Blob) ([]byte, bool) {
	where := ref.XMLName.Local
	if where == "Latest" || where == "Uncommitted" {
		for _, s := range staged {
			if s.ID == ref.ID {
				return s.Content, true
			}
		}
	}
	if have == nil || where != "Latest" && where != "Committed" {
		return nil, false
	}
	offset := 0
	for _, b := range have.Blocks {
		if b.ID == ref.ID {
			return have.Content[offset : offset+b.Size], true
		}
		offset += b.Size
	}
	return nil, false
}

type blockList struct {
	XMLName     xml.Name     `xml:"BlockList"`
	Committed   *[]blockItem `xml:"CommittedBlocks>Block,omitempty"`
	Uncommitted *[]blockItem `xml:"UncommittedBlocks>Block,omitempty"`
}

type blockItem struct {
	Name string `xml:"Name"`
	Size int    `xml:"Size"`
}

// getBlockList serves Get Block List. A blob that only has staged blocks does not exist for any
// other operation.
func (c *call) getBlockList() (response, error) {
	kind := c.URL.Query().Get("blocklisttype")
	var list blockList
	var committed, uncommitted []blockItem
	switch kind {
	case "", "committed":
		list.Committed = &committed
	case "uncommitted":
		list.Uncommitted = &uncommitted
	case "all":
		list.Committed, list.Uncommitted = &committed, &uncommitted
	default:
		return response{}, failf(http.StatusBadRequest, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid: blocklisttype=%s.", kind)
	}
	a := response{status: http.StatusOK, header: map[string]string{}}
	err := c.server.Store.View(func(tx *store.Tx) error {
		if err := c.permit(tx, readBlob); err != nil {
			return err
		}
		if _, err := c.loadContainer(tx); err != nil {
			return err
		}
		have, err := load(tx, c.account.Name, c.container, c.blob)
		if err != nil {
			return err
		}
		staged, err := stagedBlocks(tx, c.account.Name, c.container, c.blob)
		if err != nil {
			return err
		}
		if have == nil && len(staged) == 0 {
			return blobNotFound()
		}
		for _, s := range staged {
			uncommitted = append(uncommitted, blockItem{s.ID, len(s.Content)})
		}
		if have == nil {
			return nil
		}
		for _, b := range have.Blocks {
			committed = append(committed, blockItem{b.ID, b.Size})
		}
		a.header["ETag"], a.header["Last-Modified"] = have.ETag, stamp(have.Changed)
		return nil
	})
	a.body = list
	return a, err
}
