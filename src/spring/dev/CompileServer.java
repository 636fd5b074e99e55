import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * javac in a JVM that stays: the first compilation takes seconds, the later ones a fraction of one, because the compiler
 * is loaded and the class path's jars are open. Run from its source by the project's JDK (JEP 330), one request after
 * another on stdin.
 *
 * <p>Request, a line each: {@code option TEXT}*, {@code root FOLDER}*, {@code output FOLDER}, {@code go}.
 *
 * <p>Answer, a line each, with tabs between the fields: {@code error|warning PATH LINE COLUMN MESSAGE}*,
 * {@code written PATH}*, {@code deleted PATH}*, {@code done ok|failed MILLISECONDS}. Line ends in a message are \n.
 *
 * <p>All sources of the roots are compiled, as Maven does, so nothing that depends on a change is missed. Classes are
 * written at the end, and only those that differ: a failed compilation leaves the last good ones, and what is written is
 * what has changed. Classes without a source are deleted.
 */
public final class CompileServer {
  private final PrintStream answers;
  private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
  private StandardJavaFileManager files;
  private List<String> filesOptions = List.of();

  private CompileServer(PrintStream answers) {
    this.answers = answers;
  }

  public static void main(String[] args) throws IOException {
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // What annotation processors print is no answer.
    System.setOut(System.err);
    CompileServer server = new CompileServer(answers);
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<String> options = new ArrayList<>();
    List<Path> roots = new ArrayList<>();
    Path output = null;
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      if (line.startsWith("option ")) options.add(line.substring("option ".length()));
      else if (line.startsWith("root ")) roots.add(Path.of(line.substring("root ".length())));
      else if (line.startsWith("output ")) output = Path.of(line.substring("output ".length()));
      else if (line.equals("go")) {
        server.compile(List.copyOf(options), List.copyOf(roots), output);
        options.clear();
        roots.clear();
      }
    }
  }

  private void compile(List<String> options, List<Path> roots, Path output) throws IOException {
    long started = System.nanoTime();
    boolean isOk = false;
    try {
      isOk = compileAll(options, roots, output);
    } catch (RuntimeException | LinkageError failure) {
      // A broken annotation processor, or an option that this compiler does not know.
      tell("error", "", "0", "0", String.valueOf(failure.getMessage()));
      close();
    }
    tell("done", isOk ? "ok" : "failed", String.valueOf((System.nanoTime() - started) / 1_000_000));
  }

  private boolean compileAll(List<String> options, List<Path> roots, Path output)
      throws IOException {
    if (files == null || !filesOptions.equals(options)) {
      close();
      files = compiler.getStandardFileManager(null, null, charsetOf(options));
      filesOptions = options;
    }
    Files.createDirectories(output);
    files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
    List<Path> sources = new ArrayList<>();
    for (Path root : roots) sources.addAll(filesBelow(root, ".java"));
    Map<Path, byte[]> classes = new TreeMap<>();
    boolean isOk = true;
    if (!sources.isEmpty()) {
      JavaFileManager target = new ClassesInMemory(files, output, classes);
      isOk =
          compiler
              .getTask(
                  null,
                  target,
                  this::tell,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
    }
    if (isOk) replace(output, classes);
    return isOk;
  }

  private void replace(Path output, Map<Path, byte[]> classes) throws IOException {
    for (Path there : filesBelow(output, ".class")) {
      if (classes.containsKey(there)) continue;
      Files.delete(there);
      tell("deleted", output.relativize(there).toString());
    }
    for (Map.Entry<Path, byte[]> entry : classes.entrySet()) {
      Path path = entry.getKey();
      if (Files.exists(path) && Arrays.equals(Files.readAllBytes(path), entry.getValue())) continue;
      Files.createDirectories(path.getParent());
      Files.write(path, entry.getValue());
      tell("written", output.relativize(path).toString());
    }
  }

  private void tell(Diagnostic<? extends JavaFileObject> diagnostic) {
    String kind = diagnostic.getKind() == Diagnostic.Kind.ERROR ? "error" : "warning";
    JavaFileObject source = diagnostic.getSource();
    tell(
        kind,
        source == null ? "" : Path.of(source.toUri()).toString(),
        String.valueOf(Math.max(0, diagnostic.getLineNumber())),
        String.valueOf(Math.max(0, diagnostic.getColumnNumber())),
        diagnostic.getMessage(null));
  }

  private void tell(String... fields) {
    for (int i = 0; i < fields.length; i++) {
      fields[i] = fields[i].replace("\\", "\\\\").replace("\n", "\\n").replace("\t", " ");
    }
    answers.println(String.join("\t", fields));
  }

  private void close() throws IOException {
    if (files != null) files.close();
    files = null;
  }

  private static Charset charsetOf(List<String> options) {
    int at = options.indexOf("-encoding");
    return at == -1 ? Charset.defaultCharset() : Charset.forName(options.get(at + 1));
  }

  private static List<Path> filesBelow(Path folder, String suffix) throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
    } catch (UncheckedIOException failure) {
      // Something went away during the walk; the change that did it is told soon.
      throw failure.getCause();
    }
  }

  private static final class ClassesInMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Path output;
    private final Map<Path, byte[]> classes;

    ClassesInMemory(JavaFileManager files, Path output, Map<Path, byte[]> classes) {
      super(files);
      this.output = output;
      this.classes = classes;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling)
        throws IOException {
      if (location != StandardLocation.CLASS_OUTPUT || kind != JavaFileObject.Kind.CLASS) {
        return super.getJavaFileForOutput(location, name, kind, sibling);
      }
      Path path = output.resolve(name.replace('.', '/') + ".class");
      URI uri = path.toUri();
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream() {
            @Override
            public void close() {
              classes.put(path, toByteArray());
            }
          };
        }
      };
    }
  }
}
