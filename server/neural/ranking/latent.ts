export interface LatentModel {
  dimensions: number
}
