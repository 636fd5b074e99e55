package org.springframework.context;

import java.util.EventListener;

/** As much of Spring's interface as {@code EnvironmentReader} is compiled against; Spring's own is used when it runs. */
public interface ApplicationListener<E extends ApplicationEvent> extends EventListener {
  void onApplicationEvent(E event);
}
