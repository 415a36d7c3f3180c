package gpuanalytics.placement.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.service.config.EnvironmentReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelSettingsTest {

    @Test
    void whatNobodySaysIsTheDefault() {
        var reader = new EnvironmentReader(Map.of());

        assertEquals(ModelSettings.defaults(), ModelSettings.read(reader));
        assertEquals(List.of(), reader.errors());
    }

    @Test
    void everyVariableIsReadAndABadOneIsNamed() {
        var reader =
                new EnvironmentReader(
                        Map.of("MODEL_SEED", "7", "MODEL_TREES", "5", "MODEL_THREADS", "3"));
        var settings = ModelSettings.read(reader);

        assertEquals(7, settings.seed());
        assertEquals(3, settings.growth().threads());
        assertEquals(1, reader.errors().size());
        assertEquals(9, reader.declared().size());
    }
}
