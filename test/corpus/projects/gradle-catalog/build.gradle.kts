plugins {
    war
    alias(libs.plugins.boot)
    alias(libs.plugins.dependencies)
}

java {
    toolchain {
        languageVersion.set(JavaLanguageVersion.of(17))
    }
}

dependencies {
    implementation(libs.web)
    implementation(libs.actuator)
}
