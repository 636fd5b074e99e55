import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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
 * <p>Request, a line each: {@code option TEXT}*, {@code root FOLDER}*, {@code include REGEX}*, {@code exclude REGEX}*,
 * {@code output FOLDER}, and {@code go} or {@code try}.
 *
 * <p>Answer, a line each, with tabs between the fields: {@code error|warning PATH LINE COLUMN MESSAGE}*,
 * {@code written PATH}*, {@code deleted PATH}*, {@code done ok|failed MILLISECONDS}. Line ends in a message are \n.
 *
 * <p>All sources of the roots are compiled that match one of the includes and none of the excludes, as Maven does, so nothing
 * that depends on a change is missed. What javac and annotation processors make is kept in memory and written at the end, and
 * only what differs: a failed compilation leaves the last good classes, and what is written is what has changed. Classes
 * without a source are deleted. {@code try} answers the same and writes and deletes nothing.
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
    Request request = new Request();
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      if (!request.take(line)) continue;
      server.compile(request, line.equals("try"));
      request = new Request();
    }
  }

  /** What is to be compiled, and how. */
  private static final class Request {
    final List<String> options = new ArrayList<>();
    final List<Path> roots = new ArrayList<>();
    final List<Pattern> includes = new ArrayList<>();
    final List<Pattern> excludes = new ArrayList<>();
    Path output;

    /** Whether the request is complete. */
    boolean take(String line) {
      int space = line.indexOf(' ');
      String value = line.substring(space + 1);
      switch (space == -1 ? line : line.substring(0, space)) {
        case "option" -> options.add(value);
        case "root" -> roots.add(Path.of(value));
        case "include" -> includes.add(Pattern.compile(value));
        case "exclude" -> excludes.add(Pattern.compile(value));
        case "output" -> output = Path.of(value);
        case "go", "try" -> {
          return true;
        }
        default -> {}
      }
      return false;
    }

    boolean isSource(Path inRoot) {
      String path = inRoot.toString();
      return path.endsWith(".java") && matches(includes, path) && !matches(excludes, path);
    }

    private static boolean matches(List<Pattern> patterns, String path) {
      return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }
  }

  private void compile(Request request, boolean isTrial) throws IOException {
    long started = System.nanoTime();
    boolean isOk = false;
    try {
      isOk = compileAll(request, isTrial);
    } catch (IOException | RuntimeException | LinkageError failure) {
      // A broken annotation processor, an option that this compiler does not know, a folder that is gone.
      tell("error", "", "0", "0", String.valueOf(failure.getMessage()));
      close();
    }
    tell("done", isOk ? "ok" : "failed", String.valueOf((System.nanoTime() - started) / 1_000_000));
  }

  private boolean compileAll(Request request, boolean isTrial) throws IOException {
    List<String> options = request.options;
    if (files == null || !filesOptions.equals(options)) {
      close();
      files = compiler.getStandardFileManager(null, null, charsetOf(options));
      filesOptions = List.copyOf(options);
    }
    if (!isTrial) Files.createDirectories(request.output);
    files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(request.output));
    List<Path> sources = new ArrayList<>();
    for (Path root : request.roots) {
      sources.addAll(filesBelow(root, path -> request.isSource(root.relativize(path))));
    }
    Map<Path, MadeFile> made = new TreeMap<>();
    boolean isOk = true;
    if (!sources.isEmpty()) {
      JavaFileManager target = 
          new FilesInMemory(files, request.output, charsetOf(options), made);
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
    if (isOk) replace(request.output, made.values(), isTrial);
    return isOk;
  }

  private void replace(Path output, Collection<MadeFile> made, boolean isTrial)
      throws IOException {
    List<Path> classes = made.stream().map(file -> file.path).toList();
    for (Path there : filesBelow(output, path -> path.toString().endsWith(".class"))) {
      if (Collections.binarySearch(classes, there) >= 0) continue;
      if (!isTrial) Files.delete(there);
      tell("deleted", output.relativize(there).toString());
    }
    for (MadeFile file : made) {
      Path path = file.path;
      if (Files.exists(path) && Arrays.equals(Files.readAllBytes(path), file.content)) continue;
      if (!isTrial) {
        Files.createDirectories(path.getParent());
        Files.write(path, file.content);
      }
      // Sources that a processor makes may lie elsewhere; no application is made of them.
      if (path.startsWith(output)) tell("written", output.relativize(path).toString());
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

  /** Links are followed, as Maven does; what cannot be read (a link to nowhere, a circle) is no file. */
  private static List<Path> filesBelow(Path folder, Predicate<Path> isWanted) throws IOException {
    List<Path> found = new ArrayList<>();
    if (!Files.isDirectory(folder)) return found;
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isWanted.test(path)) found.add(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(found);
    return found;
  }

  /** Takes what the compiler and annotation processors write. */
  private static final class FilesInMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final StandardJavaFileManager files;
    private final Path output;
    private final Charset charset;
    private final Map<Path, MadeFile> made;

    FilesInMemory(
        StandardJavaFileManager files, Path output, Charset charset, Map<Path, MadeFile> made) {
      super(files);
      this.files = files;
      this.output = output;
      this.charset = charset;
      this.made = made;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return make(folderOf(location).resolve(name.replace('.', '/') + kind.extension), kind);
    }

    @Override
    public FileObject getFileForOutput(
        Location location, String packageName, String name, FileObject sibling) {
      Path folder = folderOf(location).resolve(packageName.replace('.', '/'));
      return make(folder.resolve(name).normalize(), JavaFileObject.Kind.OTHER);
    }

    /** A processor may read what it has just written. */
    @Override
    public FileObject getFileForInput(Location location, String packageName, String name)
        throws IOException {
      if (location.isOutputLocation()) {
        Path path = folderOf(location).resolve(packageName.replace('.', '/')).resolve(name);
        MadeFile file = made.get(path.normalize());
        if (file != null) return file;
      }
      return super.getFileForInput(location, packageName, name);
    }

    @Override
    public boolean isSameFile(FileObject one, FileObject other) {
      if (one instanceof MadeFile || other instanceof MadeFile) return one.equals(other);
      return super.isSameFile(one, other);
    }

    private MadeFile make(Path path, JavaFileObject.Kind kind) {
      MadeFile file = new MadeFile(path, kind, charset);
      made.put(path, file);
      return file;
    }

    /** Where javac writes what an option names no folder for: to the classes. */
    private Path folderOf(Location location) {
      Iterable<? extends Path> folders = files.getLocationAsPaths(location);
      return folders == null ? output : folders.iterator().next();
    }
  }

  private static final class MadeFile extends SimpleJavaFileObject {
    final Path path;
    final Charset charset;
    byte[] content = new byte[0];

    MadeFile(Path path, JavaFileObject.Kind kind, Charset charset) {
      super(path.toUri(), kind);
      this.path = path;
      this.charset = charset;
    }

    @Override
    public OutputStream openOutputStream() {
      return new ByteArrayOutputStream() {
        @Override
        public void close() {
          content = toByteArray();
        }
      };
    }

    @Override
    public InputStream openInputStream() {
      return new ByteArrayInputStream(content);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return new String(content, charset);
    }

    @Override
    public Writer openWriter() {
      return new OutputStreamWriter(openOutputStream(), charset);
    }

    @Override
    public Reader openReader(boolean ignoreEncodingErrors) {
      return new StringReader(new String(content, charset));
    }
  }
}
