package dev.airfield.example.shop.catalog;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CatalogController {

  private final Environment environment;
  private final DiscoveryClient discovery;
  private final KubernetesClient kubernetes;

  CatalogController(
      Environment environment, DiscoveryClient discovery, KubernetesClient kubernetes) {
    this.environment = environment;
    this.discovery = discovery;
    this.kubernetes = kubernetes;
  }

  /** From the ConfigMap; asked of the environment each time, so that a reload is seen. */
  @GetMapping("/greeting")
  String greeting() {
    return environment.getProperty("catalog.greeting", "no ConfigMap");
  }

  @GetMapping("/services")
  List<String> services() {
    return discovery.getServices();
  }

  @GetMapping("/pods")
  List<String> pods() {
    return kubernetes.pods().list().getItems().stream()
        .map(pod -> pod.getMetadata().getName())
        .sorted()
        .toList();
  }
}
