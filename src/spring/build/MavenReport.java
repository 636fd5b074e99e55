import java.io.File;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.eventspy.EventSpy;
import org.apache.maven.execution.ExecutionEvent;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.PluginParameterExpressionEvaluator;
import org.apache.maven.project.MavenProject;
import org.codehaus.plexus.util.xml.Xpp3Dom;

/**
 * Runs inside the project's own Maven during a build, and writes what Maven knows of each module as JSON: folders, archives,
 * source roots, resources, and the goals that ran. Only Maven knows them: parents in a repository, profiles, settings,
 * extensions and plugins all have a say.
 *
 * <p>Maven finds it through -Dmaven.ext.class.path and META-INF/plexus/components.xml. The property airfield.report names the
 * file to write. It is compiled against the Maven that runs it, in Java 8 for old ones, and never fails a build.
 */
public final class MavenReport implements EventSpy {
  /** The parameters that Airfield reads. Others may hold passwords. */
  private static final Set<String> PARAMETERS =
      new HashSet<>(
          Arrays.asList(
              "includes",
              "excludes",
              "incrementalExcludes",
              "resources",
              "delimiters",
              "useDefaultDelimiters"));

  private final Map<MavenProject, List<Object>> goals = new LinkedHashMap<>();

  @Override
  public void init(Context context) {}

  @Override
  public void close() {}

  @Override
  public synchronized void onEvent(Object event) {
    if (!(event instanceof ExecutionEvent)) return;
    ExecutionEvent told = (ExecutionEvent) event;
    try {
      switch (told.getType()) {
        case MojoStarted:
          goals
              .computeIfAbsent(told.getProject(), project -> new ArrayList<>())
              .add(goalOf(told.getSession(), told.getMojoExecution()));
          break;
        case SessionEnded:
          write(told.getSession());
          break;
        default:
      }
    } catch (Exception | LinkageError failure) {
      // The report is missing then, and Airfield does without.
    }
  }

  private void write(MavenSession session) throws Exception {
    String target = session.getUserProperties().getProperty("airfield.report");
    if (target == null) return;
    List<Object> modules = new ArrayList<>();
    for (MavenProject project : session.getProjects()) modules.add(moduleOf(project));
    Path file = Paths.get(target);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (Writer writer = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
      json(Collections.singletonMap("modules", modules), writer);
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private Map<String, Object> moduleOf(MavenProject project) {
    Map<String, Object> module = new LinkedHashMap<>();
    module.put("dir", project.getBasedir());
    module.put("packaging", project.getPackaging());
    module.put("outputDir", project.getBuild().getDirectory());
    module.put("classesDir", project.getBuild().getOutputDirectory());
    module.put("sourceRoots", project.getCompileSourceRoots());
    List<Object> resources = new ArrayList<>();
    for (Resource resource : project.getResources()) resources.add(resourceOf(resource));
    module.put("resources", resources);
    List<Object> archives = new ArrayList<>();
    addArchive(project.getArtifact(), archives);
    for (Artifact artifact : project.getAttachedArtifacts()) addArchive(artifact, archives);
    module.put("archives", archives);
    List<Object> poms = new ArrayList<>();
    for (MavenProject at = project; at != null && at.getFile() != null; at = at.getParent()) {
      poms.add(at.getFile());
    }
    module.put("poms", poms);
    module.put("goals", goals.getOrDefault(project, Collections.emptyList()));
    return module;
  }

  private static void addArchive(Artifact artifact, List<Object> archives) {
    if (artifact != null && artifact.getFile() != null && artifact.getFile().isFile()) {
      archives.add(artifact.getFile());
    }
  }

  private static Map<String, Object> resourceOf(Resource resource) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("directory", resource.getDirectory());
    told.put("targetPath", resource.getTargetPath());
    told.put("isFiltered", resource.isFiltering());
    told.put("includes", resource.getIncludes());
    told.put("excludes", resource.getExcludes());
    return told;
  }

  private static Map<String, Object> goalOf(MavenSession session, MojoExecution execution) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("plugin", execution.getGroupId() + ":" + execution.getArtifactId());
    told.put("goal", execution.getGoal());
    told.put("execution", execution.getExecutionId());
    Xpp3Dom configuration = execution.getConfiguration();
    Map<String, Object> parameters = new LinkedHashMap<>();
    if (configuration != null) {
      PluginParameterExpressionEvaluator evaluator =
          new PluginParameterExpressionEvaluator(session, execution);
      for (Xpp3Dom parameter : configuration.getChildren()) {
        if (!PARAMETERS.contains(parameter.getName())) continue;
        parameters.put(parameter.getName(), valueOf(parameter, evaluator));
      }
    }
    told.put("parameters", parameters);
    return told;
  }

  /** Text, a list or a map; null where there is none, or it is an object of Maven's own. */
  private static Object valueOf(Xpp3Dom element, PluginParameterExpressionEvaluator evaluator) {
    Xpp3Dom[] children = element.getChildren();
    if (children.length == 0) {
      Object value = evaluated(element.getValue(), evaluator);
      return value != null ? value : evaluated(element.getAttribute("default-value"), evaluator);
    }
    boolean isList = true;
    for (Xpp3Dom child : children) isList &= child.getName().equals(children[0].getName());
    if (isList) {
      List<Object> list = new ArrayList<>();
      for (Xpp3Dom child : children) list.add(valueOf(child, evaluator));
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (Xpp3Dom child : children) map.put(child.getName(), valueOf(child, evaluator));
    return map;
  }

  private static Object evaluated(String text, PluginParameterExpressionEvaluator evaluator) {
    if (text == null) return null;
    try {
      return plain(evaluator.evaluate(text));
    } catch (Exception failure) {
      return text;
    }
  }

  private static Object plain(Object value) {
    if (value instanceof Object[]) return plain(Arrays.asList((Object[]) value));
    if (value instanceof Resource) return resourceOf((Resource) value);
    if (value instanceof Collection) {
      List<Object> list = new ArrayList<>();
      for (Object one : (Collection<?>) value) {
        Object item = plain(one);
        if (item != null) list.add(item);
      }
      return list;
    }
    boolean isText = value instanceof CharSequence || value instanceof File || value instanceof Path;
    if (isText || value instanceof Number || value instanceof Boolean) return value;
    return null;
  }

  private static void json(Object value, Appendable out) throws Exception {
    if (value == null || value instanceof Boolean || value instanceof Number) {
      out.append(String.valueOf(value));
    } else if (value instanceof Map) {
      String comma = "{";
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.append(comma);
        json(String.valueOf(entry.getKey()), out);
        out.append(':');
        json(entry.getValue(), out);
        comma = ",";
      }
      out.append(comma.equals("{") ? "{}" : "}");
    } else if (value instanceof Collection) {
      String comma = "[";
      for (Object item : (Collection<?>) value) {
        out.append(comma);
        json(item, out);
        comma = ",";
      }
      out.append(comma.equals("[") ? "[]" : "]");
    } else {
      out.append('"');
      for (char letter : String.valueOf(value).toCharArray()) {
        if (letter == '"' || letter == '\\') out.append('\\').append(letter);
        else if (letter < ' ') out.append(String.format("\\u%04x", (int) letter));
        else out.append(letter);
      }
      out.append('"');
    }
  }
}
