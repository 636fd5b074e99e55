// Package crictl asks a container runtime over the CRI, in the words of the crictl of sigs.k8s.io/cri-tools.
//
// It is a stand-in: that module is not in the Go module proxy. It has the subcommands that kind ("inspecti" before a
// load, "images" for its logs) and a person looking into a node need, and refuses the rest by name.
package crictl

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const (
	defaultEndpoint = "unix:///run/containerd/containerd.sock"
	answerDeadline  = 30 * time.Second
	// A pull lasts as long as the network takes.
	pullDeadline = 30 * time.Minute
	usage        = "crictl [-r ENDPOINT] images [-q] | inspecti IMAGE... | pull IMAGE | rmi IMAGE... | ps [-a] [-q] | pods [-q] | info | version"
)

type client struct {
	runtime cri.RuntimeServiceClient
	images  cri.ImageServiceClient
	out     io.Writer
}

// Run carries out one crictl command line (without the program's name).
func Run(ctx context.Context, arguments []string, out io.Writer) error {
	global := newFlags("crictl")
	endpoint := global.String("r", envOr("CONTAINER_RUNTIME_ENDPOINT", defaultEndpoint), "endpoint of the runtime")
	global.StringVar(endpoint, "runtime-endpoint", *endpoint, "endpoint of the runtime")
	if err := global.Parse(arguments); err != nil {
		return fmt.Errorf("%w\nusage: %s", err, usage)
	}
	if global.NArg() == 0 {
		return errors.New("usage: " + usage)
	}
	connection, err := grpc.NewClient(*endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	c := client{cri.NewRuntimeServiceClient(connection), cri.NewImageServiceClient(connection), out}

	command, rest := global.Arg(0), global.Args()[1:]
	flags := newFlags(command)
	quiet := flags.Bool("q", false, "print IDs only")
	all := flags.Bool("a", false, "also containers that do not run")
	if err := flags.Parse(rest); err != nil {
		return fmt.Errorf("%w\nusage: %s", err, usage)
	}
	names := flags.Args()

	deadline := answerDeadline
	if command == "pull" {
		deadline = pullDeadline
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	switch command {
	case "images", "img":
		return c.listImages(ctx, *quiet)
	case "inspecti":
		return c.forEachName(names, func(name string) error { return c.inspectImage(ctx, name) })
	case "pull":
		return c.forEachName(names, func(name string) error { return c.pullImage(ctx, name) })
	case "rmi":
		return c.forEachName(names, func(name string) error { return c.removeImage(ctx, name) })
	case "ps":
		return c.listContainers(ctx, *all, *quiet)
	case "pods":
		return c.listPods(ctx, *quiet)
	case "info":
		return c.info(ctx)
	case "version":
		return c.version(ctx)
	default:
		return fmt.Errorf("%q is not among the subcommands of this crictl (ctr -n k8s.io may help)\nusage: %s", command, usage)
	}
}

func (c client) listImages(ctx context.Context, quiet bool) error {
	answer, err := c.images.ListImages(ctx, &cri.ListImagesRequest{})
	if err != nil {
		return err
	}
	rows := [][]string{{"IMAGE", "TAG", "IMAGE ID", "SIZE"}}
	for _, image := range answer.Images {
		if quiet {
			fmt.Fprintln(c.out, image.Id)
			continue
		}
		tags := image.RepoTags
		if len(tags) == 0 {
			tags = []string{"<none>:<none>"}
		}
		for _, tag := range tags {
			at := strings.LastIndex(tag, ":")
			rows = append(rows, []string{tag[:at], tag[at+1:], shortID(image.Id), fmt.Sprintf("%.1fMB", float64(image.Size)/1e6)})
		}
	}
	return c.table(rows, quiet)
}

func (c client) inspectImage(ctx context.Context, name string) error {
	answer, err := c.images.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}, Verbose: true})
	if err != nil {
		return err
	}
	if answer.Image == nil {
		return fmt.Errorf("no such image %q present", name)
	}
	return c.document(map[string]proto.Message{"status": answer.Image}, answer.Info)
}

func (c client) pullImage(ctx context.Context, name string) error {
	answer, err := c.images.PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: name}})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "Image is up to date for %s\n", answer.ImageRef)
	return err
}

func (c client) removeImage(ctx context.Context, name string) error {
	status, err := c.images.ImageStatus(ctx, &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}})
	if err != nil {
		return err
	}
	if status.Image == nil {
		return fmt.Errorf("no such image %q present", name)
	}
	if _, err := c.images.RemoveImage(ctx, &cri.RemoveImageRequest{Image: &cri.ImageSpec{Image: name}}); err != nil {
		return err
	}
	for _, tag := range status.Image.RepoTags {
		fmt.Fprintf(c.out, "Deleted: %s\n", tag)
	}
	return nil
}

func (c client) listContainers(ctx context.Context, all, quiet bool) error {
	filter := &cri.ContainerFilter{}
	if !all {
		filter.State = &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}
	}
	answer, err := c.runtime.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
	if err != nil {
		return err
	}
	rows := [][]string{{"CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"}}
	for _, container := range answer.Containers {
		if quiet {
			fmt.Fprintln(c.out, container.Id)
			continue
		}
		rows = append(rows, []string{
			shortID(container.Id), shortID(container.Image.GetImage()), age(container.CreatedAt),
			stateWord(container.State.String(), "CONTAINER_"), container.Metadata.GetName(), fmt.Sprint(container.Metadata.GetAttempt()),
			shortID(container.PodSandboxId), container.Labels["io.kubernetes.pod.name"], container.Labels["io.kubernetes.pod.namespace"],
		})
	}
	return c.table(rows, quiet)
}

func (c client) listPods(ctx context.Context, quiet bool) error {
	answer, err := c.runtime.ListPodSandbox(ctx, &cri.ListPodSandboxRequest{})
	if err != nil {
		return err
	}
	rows := [][]string{{"POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT"}}
	for _, pod := range answer.Items {
		if quiet {
			fmt.Fprintln(c.out, pod.Id)
			continue
		}
		rows = append(rows, []string{
			shortID(pod.Id), age(pod.CreatedAt), stateWord(pod.State.String(), "SANDBOX_"),
			pod.Metadata.GetName(), pod.Metadata.GetNamespace(), fmt.Sprint(pod.Metadata.GetAttempt()),
		})
	}
	return c.table(rows, quiet)
}

func (c client) info(ctx context.Context) error {
	answer, err := c.runtime.Status(ctx, &cri.StatusRequest{Verbose: true})
	if err != nil {
		return err
	}
	return c.document(map[string]proto.Message{"status": answer.Status}, answer.Info)
}

func (c client) version(ctx context.Context) error {
	answer, err := c.runtime.Version(ctx, &cri.VersionRequest{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "RuntimeName: %s\nRuntimeVersion: %s\nRuntimeApiVersion: %s\n",
		answer.RuntimeName, answer.RuntimeVersion, answer.RuntimeApiVersion)
	return err
}

// forEachName wants at least one name, and stops at the first that fails.
func (c client) forEachName(names []string, do func(string) error) error {
	if len(names) == 0 {
		return errors.New("name an image\nusage: " + usage)
	}
	for _, name := range names {
		if err := do(name); err != nil {
			return err
		}
	}
	return nil
}

// document prints the messages and the runtime's verbose answers (JSON texts, or plain words) as one JSON object.
func (c client) document(messages map[string]proto.Message, info map[string]string) error {
	fields := map[string]any{}
	for name, message := range messages {
		text, err := protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(message)
		if err != nil {
			return err
		}
		fields[name] = json.RawMessage(text)
	}
	details := map[string]any{}
	for key, value := range info {
		if json.Valid([]byte(value)) {
			details[key] = json.RawMessage(value)
		} else {
			details[key] = value
		}
	}
	// The real crictl lifts the one answer named "info" to the top.
	if nested, ok := details["info"]; ok && len(details) == 1 {
		fields["info"] = nested
	} else if len(details) > 0 {
		fields["info"] = details
	}
	text, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s\n", text)
	return err
}

func (c client) table(rows [][]string, quiet bool) error {
	if quiet {
		return nil
	}
	writer := tabwriter.NewWriter(c.out, 0, 4, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(writer, strings.Join(row, "\t"))
	}
	return writer.Flush()
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

func envOr(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	if len(id) > 13 {
		return id[:13]
	}
	return id
}

func age(nanoseconds int64) string {
	return time.Since(time.Unix(0, nanoseconds)).Round(time.Second).String() + " ago"
}

func stateWord(state, prefix string) string {
	word := strings.ToLower(strings.TrimPrefix(state, prefix))
	return strings.ToUpper(word[:1]) + word[1:]
}
