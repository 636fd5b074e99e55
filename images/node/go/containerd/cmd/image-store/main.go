// image-store makes container images from layer archives and puts them into a containerd root folder, so that a node
// that starts on this folder has them without a pull. It runs while the node image is built, not on a node.
//
//	image-store ROOT < images.json
//
// It writes what "ctr images import --no-unpack" would leave behind (blobs and metadata database), without a daemon and without root.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/metadata"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/errdefs"
	"github.com/klauspost/compress/zstd"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	bolt "go.etcd.io/bbolt"
)

// imageSpec is one element of the list on standard input.
type imageSpec struct {
	// Names are the references of the image, all for the same content.
	Names []string `json:"names"`
	// Layers are paths of uncompressed tar archives, lowest first.
	Layers []string            `json:"layers"`
	Config ocispec.ImageConfig `json:"config"`
}

// imageLabels: "pinned" keeps the kubelet's image garbage collection away, "managed" says that the CRI plugin knows the image.
var imageLabels = map[string]string{
	"io.cri-containerd.image":  "managed",
	"io.cri-containerd.pinned": "pinned",
}

// A fixed time makes the same sources give the same image IDs.
var created = time.Unix(0, 0).UTC()

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: image-store ROOT < images.json")
		os.Exit(64)
	}
	if err := run(os.Args[1], os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "image-store:", err)
		os.Exit(1)
	}
}

func run(root string, input io.Reader) error {
	var specs []imageSpec
	decoder := json.NewDecoder(input)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&specs); err != nil {
		return fmt.Errorf("reading the list of images: %w", err)
	}

	// The folders are those of containerd's plugins of these names.
	blobs, err := local.NewStore(filepath.Join(root, "io.containerd.content.v1.content"))
	if err != nil {
		return err
	}
	metadataFolder := filepath.Join(root, "io.containerd.metadata.v1.bolt")
	if err := os.MkdirAll(metadataFolder, 0o711); err != nil {
		return err
	}
	file, err := bolt.Open(filepath.Join(metadataFolder, "meta.db"), 0o644, nil)
	if err != nil {
		return err
	}
	defer file.Close()
	database := metadata.NewDB(file, blobs, nil)
	ctx := namespaces.WithNamespace(context.Background(), "k8s.io")
	if err := database.Init(ctx); err != nil {
		return err
	}

	s := store{content: database.ContentStore(), images: metadata.NewImageStore(database), layers: map[string]layer{}}
	for _, spec := range specs {
		if err := s.add(ctx, spec); err != nil {
			return fmt.Errorf("%v: %w", spec.Names, err)
		}
	}
	return nil
}

type store struct {
	content content.Store
	images  images.Store
	// layers by path: one archive used by several images becomes one blob.
	layers map[string]layer
}

type layer struct {
	descriptor ocispec.Descriptor
	diffID     digest.Digest
}

func (s store) add(ctx context.Context, spec imageSpec) error {
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	config := ocispec.Image{
		Created:  &created,
		Platform: ocispec.Platform{Architecture: runtime.GOARCH, OS: "linux"},
		Config:   spec.Config,
		RootFS:   ocispec.RootFS{Type: "layers"},
	}
	for _, path := range spec.Layers {
		l, err := s.addLayer(ctx, path)
		if err != nil {
			return err
		}
		manifest.Layers = append(manifest.Layers, l.descriptor)
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, l.diffID)
		config.History = append(config.History, ocispec.History{Created: &created, CreatedBy: filepath.Base(path)})
	}
	var err error
	if manifest.Config, err = s.addDocument(ctx, ocispec.MediaTypeImageConfig, config, nil); err != nil {
		return err
	}
	// The collector follows these labels from the manifest down; without them it deletes the blobs at the first chance.
	references := map[string]string{"containerd.io/gc.ref.content.config": manifest.Config.Digest.String()}
	for i, l := range manifest.Layers {
		references[fmt.Sprintf("containerd.io/gc.ref.content.l.%d", i)] = l.Digest.String()
	}
	target, err := s.addDocument(ctx, ocispec.MediaTypeImageManifest, manifest, references)
	if err != nil {
		return err
	}
	for _, name := range spec.Names {
		if _, err := s.images.Create(ctx, images.Image{Name: name, Target: target, Labels: imageLabels}); err != nil {
			return err
		}
		fmt.Printf("%s %s\n", name, target.Digest)
	}
	return nil
}

func (s store) addLayer(ctx context.Context, path string) (layer, error) {
	if known, ok := s.layers[path]; ok {
		return known, nil
	}
	source, err := os.Open(path)
	if err != nil {
		return layer{}, err
	}
	defer source.Close()
	var compressed bytes.Buffer
	// zstd unpacks several times as fast as gzip, and nodes unpack at every creation.
	encoder, err := zstd.NewWriter(&compressed, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return layer{}, err
	}
	plain := digest.Canonical.Digester()
	if _, err := io.Copy(io.MultiWriter(encoder, plain.Hash()), source); err != nil {
		return layer{}, err
	}
	if err := encoder.Close(); err != nil {
		return layer{}, err
	}
	descriptor, err := s.addBlob(ctx, ocispec.MediaTypeImageLayerZstd, compressed.Bytes(), map[string]string{
		"containerd.io/uncompressed": plain.Digest().String(),
	})
	if err != nil {
		return layer{}, err
	}
	s.layers[path] = layer{descriptor, plain.Digest()}
	return s.layers[path], nil
}

func (s store) addDocument(ctx context.Context, mediaType string, document any, labels map[string]string) (ocispec.Descriptor, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return s.addBlob(ctx, mediaType, text, labels)
}

func (s store) addBlob(ctx context.Context, mediaType string, bytesOfBlob []byte, labels map[string]string) (ocispec.Descriptor, error) {
	descriptor := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(bytesOfBlob), Size: int64(len(bytesOfBlob))}
	err := content.WriteBlob(ctx, s.content, descriptor.Digest.String(), bytes.NewReader(bytesOfBlob), descriptor, content.WithLabels(labels))
	if errors.Is(err, errdefs.ErrAlreadyExists) {
		err = nil
	}
	return descriptor, err
}
