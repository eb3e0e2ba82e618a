// Checks a served log with the packages of golang.org/x/mod/sumdb, which know nothing of this ledger: signatures with
// note, tiles and proofs with tlog.
//
//	go run . [-old FILE] [-proof FILE] URL KEY...
//
// URL is the address of the log (http:, https: or file:), each KEY a trusted public key: of the log, and any of
// witnesses. -old is an earlier checkpoint that the log must go on from; -proof is an inclusion proof (C2SP tlog-proof).
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	old := flag.String("old", "", "an earlier checkpoint")
	proof := flag.String("proof", "", "an inclusion proof")
	flag.Parse()
	if flag.NArg() < 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . [-old FILE] [-proof FILE] URL KEY...")
		os.Exit(2)
	}
	if err := check(flag.Arg(0), flag.Args()[1:], *old, *proof); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(url string, keys []string, oldFile, proofFile string) error {
	log := server{strings.TrimSuffix(url, "/"), &http.Client{Transport: withFiles()}}
	trusted, err := verifiers(keys)
	if err != nil {
		return err
	}
	newest, err := log.get("checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(newest, trusted)
	if err != nil {
		return err
	}
	// Every hash it hands out was verified against the root of the tree.
	hashes := tlog.TileHashReader(tree, log)
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the tiles have root %v, signed was %v", root, tree.Hash)
	}
	fmt.Printf("tiles: their root at %d is the signed one\n", tree.N)
	if err := checkEntries(log, tree, hashes); err != nil {
		return err
	}
	if err := checkProofs(tree, hashes); err != nil {
		return err
	}
	if oldFile != "" {
		if err := checkOld(oldFile, trusted, tree, hashes); err != nil {
			return err
		}
	}
	if proofFile != "" {
		return checkProofFile(proofFile, trusted, hashes)
	}
	return nil
}

// checkEntries reads every entry and compares it with its verified hash.
func checkEntries(log server, tree tlog.Tree, hashes tlog.HashReader) error {
	for from := int64(0); from < tree.N; from += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: from / 256, W: 256}
		if tree.N-from < 256 {
			tile.W = int(tree.N - from)
		}
		bundle, err := log.get(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		if err != nil {
			return err
		}
		data, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return err
		}
		for position := from; position < from+int64(tile.W); position++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("the bundle from %d ends within entry %d", from, position)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			hash := tlog.RecordHash(bundle[2:end])
			if !bytes.Equal(hash[:], data[:tlog.HashSize]) {
				return fmt.Errorf("entry %d is not the one in the tree", position)
			}
			bundle, data = bundle[end:], data[tlog.HashSize:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("the bundle from %d has more entries than it should", from)
		}
	}
	fmt.Printf("entries: all %d have the hashes in the tree\n", tree.N)
	return nil
}

// checkProofs makes an inclusion proof for some positions from the tiles, and checks it.
func checkProofs(tree tlog.Tree, hashes tlog.HashReader) error {
	for _, position := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, position, hashes)
		if err != nil {
			return err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, position)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, position, leaf[0]); err != nil {
			return fmt.Errorf("position %d: %w", position, err)
		}
		fmt.Printf("inclusion: position %d by %d hashes\n", position, len(proof))
	}
	return nil
}

func checkOld(file string, trusted note.Verifiers, tree tlog.Tree, hashes tlog.HashReader) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	old, err := openCheckpoint(data, trusted)
	if err != nil {
		return err
	}
	if old.N > tree.N {
		return fmt.Errorf("the log has %d entries and had %d", tree.N, old.N)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return fmt.Errorf("the log of %d does not go on from the one of %d: %w", tree.N, old.N, err)
	}
	fmt.Printf("consistency: the log of %d goes on from the one of %d, by %d hashes\n", tree.N, old.N, len(proof))
	return nil
}

// checkProofFile checks an inclusion proof that the ledger itself made.
func checkProofFile(file string, trusted note.Verifiers, hashes tlog.HashReader) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("this is no tlog-proof")
	}
	tree, err := openCheckpoint([]byte(checkpoint), trusted)
	if err != nil {
		return err
	}
	position, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, position)})
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, position, leaf[0]); err != nil {
		return err
	}
	fmt.Printf("proof: position %d is in the log of %d\n", position, tree.N)
	return nil
}

func openCheckpoint(data []byte, trusted note.Verifiers) (tree tlog.Tree, err error) {
	opened, err := note.Open(data, trusted)
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return tree, errors.New("the note is no checkpoint")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	if tree.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return tree, err
	}
	byLog := false
	for _, signature := range opened.Sigs {
		fmt.Printf("signature: of %s+%08x on %s at %d\n", signature.Name, signature.Hash, lines[0], tree.N)
		byLog = byLog || signature.Name == lines[0]
	}
	if !byLog {
		return tree, fmt.Errorf("no trusted key of %s signed its checkpoint", lines[0])
	}
	return tree, nil
}

func verifiers(keys []string) (note.Verifiers, error) {
	var list []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			// The package knows keys of logs only; a witness signs in its own way.
			verifier, err = newCosigner(key)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		list = append(list, verifier)
	}
	return note.VerifierList(list...), nil
}

// cosigner verifies cosignatures: C2SP tlog-cosignature, Ed25519.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("this is no key")
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(data) != 33 || data[0] != 4 {
		return nil, errors.New("this is no key of a witness")
	}
	id := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	hash := binary.BigEndian.Uint32(id[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the hash does not fit name and key")
	}
	return cosigner{parts[0], hash, ed25519.PublicKey(data[1:])}, nil
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }

func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(c.key, message.Bytes(), signature[8:])
}

// server is a log's address; it reads tiles for tlog, which does not trust them.
type server struct {
	url    string
	client *http.Client
}

func withFiles() *http.Transport {
	transport := &http.Transport{}
	transport.RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	return transport
}

func (s server) get(path string) ([]byte, error) {
	response, err := s.client.Get(s.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(response.Body)
}

func (s server) Height() int { return 8 }

func (s server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// The go.sum database has the height in its paths; C2SP tlog-tiles has it fixed.
		data, err := s.get(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", tile.Path(), len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

func (s server) SaveTiles([]tlog.Tile, [][]byte) {}
