package gpuanalytics.placement.rehearse;

import java.util.List;

/**
 * A node at the moment at which policies are compared.
 *
 * @param node its place in the file
 * @param gpuFreeMilli what is free of each of its GPUs
 * @param unusableGpus how many GPUs of that typical requests cannot use, as FGD weighs it
 */
public record NodeFill(int node, List<Integer> gpuFreeMilli, double unusableGpus) {

    public NodeFill {
        gpuFreeMilli = List.copyOf(gpuFreeMilli);
    }
}
