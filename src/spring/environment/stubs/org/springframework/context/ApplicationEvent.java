package org.springframework.context;

import java.util.EventObject;

/** As much of Spring's class as {@code EnvironmentReader} is compiled against; Spring's own is used when it runs. */
public abstract class ApplicationEvent extends EventObject {
  protected ApplicationEvent(Object source) {
    super(source);
  }
}
