package dev.airfield;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Tells what Spring Boot's environment says of a few properties, and where it says so. Stands on the class path of an
 * application, whose start it ends, by way of {@code META-INF/spring.factories}, as soon as the environment is
 * prepared: property files, imports, bootstrap contexts, profiles, other modules and the defaults that {@code main} sets
 * are all in it by then, and no bean is made yet.
 *
 * <p>Everything of Spring but the listener is reached by reflection, so that one class file serves Spring Boot 2.5 to 4.
 * Language level 11, so that it compiles with any JDK that builds such an application.
 *
 * <p>System property {@code airfield.keys}: the properties to tell, separated by commas. {@code airfield.classes}: a file
 * that the JVM logs loaded classes to. The answer is the last line of stdout, {@value #MARK} and JSON in ASCII.
 */
public final class EnvironmentReader implements ApplicationListener<ApplicationEvent> {
  static final String MARK = "airfield-environment ";

  /**
   * Runs the application whose jar is named.
   *
   * @param args the jar, and "main" to run its {@code main}, or "spring" to have Spring Boot start its class without it
   */
  public static void main(String[] args) throws Exception {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    String name;
    try (JarFile jar = new JarFile(args[0])) {
      name = jar.getManifest().getMainAttributes().getValue("Main-Class");
    }
    Class<?> application = Class.forName(name, false, loader);
    if (args[1].equals("main")) {
      Method main = application.getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[0]);
    } else {
      Class<?> spring = loader.loadClass("org.springframework.boot.SpringApplication");
      Object run =
          spring.getConstructor(Class[].class).newInstance((Object) new Class<?>[] {application});
      spring.getMethod("run", String[].class).invoke(run, (Object) new String[0]);
    }
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (!event.getClass().getName().equals(
        "org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent")) return;
    try {
      Object environment = call(event, "getEnvironment");
      // The context that Spring Cloud makes before the application's own has an environment of its own.
      // https://docs.spring.io/spring-cloud-commons/reference/spring-cloud-commons/application-context-services.html
      if ((boolean) call(call(environment, "getPropertySources"), "contains", String.class, "bootstrap")) return;
      Object application = call(event, "getSpringApplication");
      if (isOfParentContext()) {
        // The child's environment comes when the parent is up; beans of the parent may need a network.
        call(application, "setLazyInitialization", boolean.class, true);
        return;
      }
      System.out.println();
      System.out.println(MARK + json(answer(environment, application)));
      System.out.flush();
      Runtime.getRuntime().halt(0);
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException("Airfield does not understand this Spring Boot", failure);
    }
  }

  /**
   * Whether the application that starts is only the parent of another, which has the web server.
   * https://docs.spring.io/spring-boot/reference/features/spring-application.html#features.spring-application.fluent-builder-api
   */
  private static boolean isOfParentContext() {
    return Arrays.stream(Thread.currentThread().getStackTrace())
        .filter(frame -> frame.getClassName().equals("org.springframework.boot.builder.SpringApplicationBuilder"))
        .anyMatch(frame -> frame.getMethodName().equals("configureAsChildIfNecessary"));
  }

  private Map<String, Object> answer(Object environment, Object application)
      throws ReflectiveOperationException {
    Reading reading = new Reading(environment);
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String key : System.getProperty("airfield.keys", "").split(",")) {
      Object value = key.isEmpty() ? null : reading.read(key);
      if (value != null) properties.put(key, value);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("springBoot", versionOf(application));
    answer.put("java", System.getProperty("java.specification.version"));
    Object web = call(application, "getWebApplicationType");
    answer.put("web", web == null ? null : web.toString().toLowerCase(java.util.Locale.ROOT));
    answer.put("profiles", Arrays.asList((String[]) call(environment, "getActiveProfiles")));
    answer.put("ownProfiles", reading.readBelowVariables("spring.profiles.active"));
    answer.put("properties", properties);
    answer.put("classes", ownClasses());
    return answer;
  }

  private static String versionOf(Object application) throws ReflectiveOperationException {
    Class<?> version = application.getClass().getClassLoader()
        .loadClass("org.springframework.boot.SpringBootVersion");
    return (String) version.getMethod("getVersion").invoke(null);
  }

  /** The application's own classes that have had a part in it: another answer needs a change of one of them. */
  private static List<String> ownClasses() {
    String log = System.getProperty("airfield.classes");
    if (log == null) return List.of();
    try (Stream<String> lines = Files.lines(Path.of(log))) {
      return lines
          .filter(line -> line.contains("/application.jar"))
          .map(line -> line.replaceFirst("^\\[.*?\\]\\s+", "").split(" ")[0])
          .sorted()
          .distinct()
          .collect(Collectors.toList());
    } catch (IOException | java.io.UncheckedIOException failure) {
      return null;
    }
  }

  /** The environment by Spring Boot's binder, as everything of Spring Boot reads it. */
  private static final class Reading {
    private final Object binder;
    private final Method bind;
    private final Iterable<?> sources;
    private final Method nameOf;

    Reading(Object environment) throws ReflectiveOperationException {
      ClassLoader loader = environment.getClass().getClassLoader();
      String properties = "org.springframework.boot.context.properties.";
      Class<?> environmentType = loader.loadClass("org.springframework.core.env.Environment");
      Class<?> binderType = loader.loadClass(properties + "bind.Binder");
      binder = binderType.getMethod("get", environmentType).invoke(null, environment);
      bind = binderType.getMethod("bind", String.class, Class.class);
      sources = (Iterable<?>) loader.loadClass(properties + "source.ConfigurationPropertySources")
          .getMethod("get", environmentType).invoke(null, environment);
      nameOf = loader.loadClass(properties + "source.ConfigurationPropertyName")
          .getMethod("of", CharSequence.class);
    }

    /** Null: no source has it. Without "value": it stands on something that is not known before the application runs. */
    Map<String, Object> read(String key) throws ReflectiveOperationException {
      Object property = find(key, false);
      boolean isList = property == null;
      if (isList) property = find(key + "[0]", false);
      if (property == null) return null;
      Map<String, Object> read = new LinkedHashMap<>();
      String value = bound(key, isList);
      // A random number is another one each time.
      if (value != null && value.equals(bound(key, isList))) read.put("value", value);
      read.put("origin", originOf(property));
      return read;
    }

    /** What the application says of it by itself, whatever the pod's variables say. */
    Map<String, Object> readBelowVariables(String key) throws ReflectiveOperationException {
      Object property = find(key, true);
      boolean isList = property == null;
      List<String> values = new ArrayList<>();
      Object first = isList ? find(key + "[0]", true) : property;
      if (first == null) return null;
      if (!isList) values.add(String.valueOf(call(property, "getValue")));
      for (int i = 0; isList; i++) {
        Object next = find(key + "[" + i + "]", true);
        if (next == null) break;
        values.add(String.valueOf(call(next, "getValue")));
      }
      Map<String, Object> read = new LinkedHashMap<>();
      read.put("value", String.join(",", values));
      read.put("origin", originOf(first));
      return read;
    }

    private Object find(String key, boolean belowVariables) throws ReflectiveOperationException {
      Object name = nameOf.invoke(null, key);
      for (Object source : sources) {
        Object underlying = call(source, "getUnderlyingSource");
        if (belowVariables && isOfVariables(underlying)) continue;
        Object property = call(source, "getConfigurationProperty", name.getClass(), name);
        if (property != null) return property;
      }
      return null;
    }

    private static boolean isOfVariables(Object source) throws ReflectiveOperationException {
      try {
        Object name = call(source, "getName");
        return "systemEnvironment".equals(name) || "spring.application.json".equals(name);
      } catch (NoSuchMethodException failure) {
        return false;
      }
    }

    private String bound(String key, boolean isList) throws ReflectiveOperationException {
      Object value;
      try {
        Object result = bind.invoke(binder, key, isList ? String[].class : String.class);
        value = result.getClass().getMethod("orElse", Object.class).invoke(result, (Object) null);
      } catch (InvocationTargetException failure) {
        return null;
      }
      if (value instanceof String[]) return String.join(",", (String[]) value);
      return (String) value;
    }
  }

  /** Where a property stands, and what has imported that, from the inside out. */
  private static List<Object> originOf(Object property) throws ReflectiveOperationException {
    List<Object> chain = new ArrayList<>();
    Set<Object> seen = new LinkedHashSet<>();
    Object origin = call(property, "getOrigin");
    while (origin != null && seen.add(origin)) {
      chain.add(placeOf(unwrapped(origin)));
      origin = call(origin, "getParent");
    }
    return chain;
  }

  /** Without the property source that newer versions put around a place. */
  private static Object unwrapped(Object origin) throws ReflectiveOperationException {
    try {
      Object inner = call(origin, "getOrigin");
      return inner == null ? origin : inner;
    } catch (NoSuchMethodException failure) {
      return origin;
    }
  }

  private static Map<String, Object> placeOf(Object origin) throws ReflectiveOperationException {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("text", String.valueOf(origin));
    try {
      place.put("variable", call(origin, "getProperty"));
    } catch (NoSuchMethodException failure) {
      // Not a variable.
    }
    try {
      Object resource = call(origin, "getResource");
      Object location = call(origin, "getLocation");
      if (resource != null) {
        place.put("resource", String.valueOf(call(resource, "getDescription")));
        try {
          place.put("url", String.valueOf(call(resource, "getURL")));
        } catch (InvocationTargetException failure) {
          // Not a file.
        }
      }
      if (location != null) {
        place.put("line", (int) call(location, "getLine") + 1);
        place.put("column", (int) call(location, "getColumn") + 1);
      }
    } catch (NoSuchMethodException failure) {
      // Not a place in a text.
    }
    return place;
  }

  private static Object call(Object target, String name) throws ReflectiveOperationException {
    return accessible(target.getClass(), name).invoke(target);
  }

  private static Object call(Object target, String name, Class<?> type, Object argument)
      throws ReflectiveOperationException {
    return accessible(target.getClass(), name, type).invoke(target, argument);
  }

  /** A public method of a class that need not be public itself. */
  private static Method accessible(Class<?> type, String name, Class<?>... types)
      throws NoSuchMethodException {
    Method method = type.getMethod(name, types);
    method.setAccessible(true);
    return method;
  }

  private static String json(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return String.valueOf(value);
    }
    if (value instanceof Map) {
      return ((Map<?, ?>) value)
          .entrySet().stream()
              .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof Iterable) {
      List<String> parts = new ArrayList<>();
      for (Object part : (Iterable<?>) value) parts.add(json(part));
      return "[" + String.join(",", parts) + "]";
    }
    StringBuilder text = new StringBuilder("\"");
    for (char letter : value.toString().toCharArray()) {
      if (letter == '"' || letter == '\\') text.append('\\').append(letter);
      else if (letter >= ' ' && letter < 127) text.append(letter);
      else text.append(String.format("\\u%04x", (int) letter));
    }
    return text.append('"').toString();
  }
}
