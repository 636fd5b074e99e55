// docker-archive writes a container image, made of ready layer archives, in the format that "docker load" reads:
//
//	docker-archive -tag NAME:TAG -config '{"Entrypoint":["/x"]}' LAYER.tar... | docker load
package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

type history struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// imageConfig is the part of https://github.com/opencontainers/image-spec/blob/main/config.md that engines read.
type imageConfig struct {
	Architecture string         `json:"architecture"`
	OS           string         `json:"os"`
	Created      time.Time      `json:"created"`
	Config       map[string]any `json:"config"`
	RootFS       rootFS         `json:"rootfs"`
	History      []history      `json:"history"`
}

type rootFS struct {
	Type    string   `json:"type"`
	DiffIDs []string `json:"diff_ids"`
}

type manifest struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// A fixed time makes the same layers give the same image ID.
var created = time.Unix(0, 0).UTC()

func main() {
	var tags, labels list
	flag.Var(&tags, "tag", "NAME:TAG, repeatable")
	flag.Var(&labels, "label", "KEY=VALUE, repeatable")
	config := flag.String("config", "{}", "the image's config object")
	flag.Parse()
	if err := write(os.Stdout, tags, labels, *config, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "docker-archive:", err)
		os.Exit(1)
	}
}

func write(out io.Writer, tags, labels []string, configText string, layers []string) error {
	if len(tags) == 0 || len(layers) == 0 {
		return errors.New("at least one -tag and one layer are needed")
	}
	config := map[string]any{}
	if err := json.Unmarshal([]byte(configText), &config); err != nil {
		return fmt.Errorf("-config: %w", err)
	}
	labelMap := map[string]string{}
	for _, label := range labels {
		key, value, _ := strings.Cut(label, "=")
		labelMap[key] = value
	}
	config["Labels"] = labelMap

	image := imageConfig{Architecture: runtime.GOARCH, OS: "linux", Created: created, Config: config, RootFS: rootFS{Type: "layers"}}
	contents := manifest{RepoTags: tags}
	archive := tar.NewWriter(out)
	for _, path := range layers {
		digest, err := fileDigest(path)
		if err != nil {
			return err
		}
		name := digest + "/layer.tar"
		if err := addFile(archive, name, path); err != nil {
			return err
		}
		contents.Layers = append(contents.Layers, name)
		image.RootFS.DiffIDs = append(image.RootFS.DiffIDs, "sha256:"+digest)
		image.History = append(image.History, history{created, "airfield images/build: " + filepath.Base(path)})
	}
	imageText, err := json.Marshal(image)
	if err != nil {
		return err
	}
	contents.Config = fmt.Sprintf("%x.json", sha256.Sum256(imageText))
	manifestText, err := json.Marshal([]manifest{contents})
	if err != nil {
		return err
	}
	for _, document := range []struct {
		name string
		text []byte
	}{{contents.Config, imageText}, {"manifest.json", manifestText}} {
		if err := archive.WriteHeader(&tar.Header{Name: document.name, Mode: 0o644, Size: int64(len(document.text))}); err != nil {
			return err
		}
		if _, err := archive.Write(document.text); err != nil {
			return err
		}
	}
	return archive.Close()
}

func fileDigest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", hash.Sum(nil)), nil
}

func addFile(archive *tar.Writer, name, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	information, err := file.Stat()
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: information.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
